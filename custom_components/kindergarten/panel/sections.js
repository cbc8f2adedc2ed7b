// The panel's pages by their sections. A section without pages is not shown until it has some.

import "./pages/alerts.js";
import "./pages/consents.js";
import "./pages/families.js";
import "./pages/golive.js";
import "./pages/phones.js";
import "./pages/preview.js";
import "./pages/requests.js";
import "./pages/rooms.js";
import "./pages/viewings.js";
import "./pages/ways.js";

/** @typedef {{path: string, element: string}} Place */

/** @type {{name: string, places: Place[]}[]} */
export const SECTIONS = [
  { name: "today", places: [] },
  { name: "cameras", places: [{ path: "alerts", element: "kg-alerts" }] },
  { name: "recordings", places: [] },
  {
    name: "people",
    places: [
      { path: "families", element: "kg-families" },
      { path: "consents", element: "kg-consents" },
      { path: "ways", element: "kg-ways" },
      { path: "phones", element: "kg-phones" },
      { path: "viewings", element: "kg-viewings" },
      { path: "requests", element: "kg-requests" },
    ],
  },
  {
    name: "portal",
    places: [
      { path: "rooms", element: "kg-rooms" },
      { path: "preview", element: "kg-preview" },
      { path: "golive", element: "kg-golive" },
    ],
  },
  { name: "inspection", places: [] },
];

export const PLACES = SECTIONS.flatMap(({ places }) => places);

/** What is opened from the sidebar. */
export const FIRST = PLACES.find(({ path }) => path === "families");
