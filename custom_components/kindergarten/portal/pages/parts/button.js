// Buttons: one main thing to do, others beside it. A button that works waits until it is done.

import { h } from "../dom.js";
import { icon } from "../icons.js";

/**
 * @param {string} text
 * @param {() => unknown} act
 * @param {{kind?: "main" | "quiet" | "danger", drawing?: string, name?: string}} [look] `name`: what a screen reader says
 * @returns {HTMLButtonElement}
 */
export function button(text, act, { kind = "main", drawing, name } = {}) {
  const made = /** @type {HTMLButtonElement} */ (
    h("button", { type: "button", class: `button ${kind}`, "aria-label": name }, drawing && icon(drawing), h("span", {}, text))
  );
  made.addEventListener("click", async () => {
    if (made.getAttribute("aria-disabled")) return;
    made.setAttribute("aria-disabled", "true");
    try {
      await act();
    } finally {
      made.removeAttribute("aria-disabled");
    }
  });
  return made;
}
