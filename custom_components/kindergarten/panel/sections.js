// The panel's pages by their sections: a section opens its first page, and shows all its pages while it is open.

import "./pages/alerts.js";
import "./pages/cameras.js";
import "./pages/check.js";
import "./pages/consents.js";
import "./pages/families.js";
import "./pages/golive.js";
import "./pages/heatmap.js";
import "./pages/inspection.js";
import "./pages/inspection_challenge.js";
import "./pages/inspection_log.js";
import "./pages/inspection_packs.js";
import "./pages/paper.js";
import "./pages/phones.js";
import "./pages/planner.js";
import "./pages/preview.js";
import "./pages/recordings.js";
import "./pages/recordings_kept.js";
import "./pages/requests.js";
import "./pages/rooms.js";
import "./pages/sights.js";
import "./pages/today.js";
import "./pages/viewings.js";
import "./pages/ways.js";

/**
 * `ofFamilies` pages show nothing while the families' file cannot be read; a `heading` stands above the page and those after it.
 * @typedef {{path: string, element: string, ofFamilies?: boolean, heading?: string}} Place
 */

/** @type {{name: string, places: Place[]}[]} */
export const SECTIONS = [
  { name: "today", places: [{ path: "today", element: "kg-today" }] },
  {
    name: "cameras",
    places: [
      { path: "cameras", element: "kg-cameras" },
      { path: "check", element: "kg-check" },
      { path: "planner", element: "kg-planner" },
      { path: "sights", element: "kg-sights" },
      { path: "alerts", element: "kg-alerts" },
    ],
  },
  {
    name: "recordings",
    places: [
      { path: "recordings", element: "kg-recordings" },
      { path: "heatmap", element: "kg-heatmap" },
      { path: "kept", element: "kg-kept" },
    ],
  },
  {
    name: "people",
    places: [
      { path: "families", element: "kg-families", ofFamilies: true },
      { path: "consents", element: "kg-consents", ofFamilies: true },
      { path: "ways", element: "kg-ways", ofFamilies: true },
      { path: "phones", element: "kg-phones", ofFamilies: true },
      { path: "viewings", element: "kg-viewings", ofFamilies: true },
      { path: "requests", element: "kg-requests", ofFamilies: true },
      { path: "paper", element: "kg-paper" },
      { path: "rooms", element: "kg-rooms", heading: "section.portal" },
      { path: "preview", element: "kg-preview", ofFamilies: true },
      { path: "golive", element: "kg-golive" },
    ],
  },
  {
    name: "inspection",
    places: [
      { path: "inspection", element: "kg-inspection" },
      { path: "challenge", element: "kg-challenge" },
      { path: "packs", element: "kg-packs" },
      { path: "evidence", element: "kg-evidence" },
    ],
  },
];

export const PLACES = SECTIONS.flatMap(({ places }) => places);

/** What is opened from the sidebar. */
export const FIRST = PLACES.find(({ path }) => path === "today");
