// The panel's pages by their sections. A section without pages is not shown until it has some.

import "./pages/families.js";

/** @typedef {{path: string, element: string, badge?: (table: any) => number}} Place */

/** @type {{name: string, places: Place[]}[]} */
export const SECTIONS = [
  { name: "today", places: [] },
  { name: "cameras", places: [] },
  { name: "recordings", places: [] },
  {
    name: "people",
    places: [
      { path: "families", element: "kg-families" },
    ],
  },
  { name: "inspection", places: [] },
];

export const PLACES = SECTIONS.flatMap(({ places }) => places);
