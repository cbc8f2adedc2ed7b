// The few signs of the panel (drawn on a grid of 24).

import { html, svg } from "./lit.js";

const PATHS = {
  menu: "M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z",
  close: "M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12z",
};

/** A sign; the button around it says in words what it is. @param {keyof typeof PATHS} name */
export const icon = (name) => html`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
  ${svg`<path fill="currentColor" d=${PATHS[name]}></path>`}
</svg>`;
