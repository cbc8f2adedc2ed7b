// The few signs of the panel (drawn on a grid of 24).

import { html, svg } from "./lit.js";

const PATHS = {
  menu: "M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z",
  close: "M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12z",
  good: "M9 16.2 4.8 12l-1.4 1.4L9 19 21 7l-1.4-1.4z",
  bad: "M1 21h22L12 2zm12-3h-2v-2h2zm0-4h-2v-4h2z",
  unknown: "M11 18h2v-2h-2zm1-16a10 10 0 1 0 0 20 10 10 0 0 0 0-20m0 18a8 8 0 1 1 0-16 8 8 0 0 1 0 16m0-14a4 4 0 0 0-4 4h2a2 2 0 1 1 4 0c0 2-3 1.8-3 5h2c0-2.2 3-2.5 3-5a4 4 0 0 0-4-4",
};

/** A sign; the button around it says in words what it is. @param {keyof typeof PATHS} name */
export const icon = (name) => html`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
  ${svg`<path fill="currentColor" d=${PATHS[name]}></path>`}
</svg>`;
