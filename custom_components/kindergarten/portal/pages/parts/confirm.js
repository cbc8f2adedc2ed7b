// Asks before something that cannot be taken back.

import { h } from "../dom.js";
import { button } from "./button.js";

/**
 * @param {{title: string, text: string, yes: string, no: string}} words
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, yes, no }) {
  return new Promise((resolve) => {
    const heading = h("h2", { id: "confirm-title" }, title);
    const dialog = /** @type {HTMLDialogElement} */ (h("dialog", { class: "dialog", "aria-labelledby": "confirm-title" }));
    let sure = false;
    const choose = (/** @type {boolean} */ answer) => () => {
      sure = answer;
      dialog.close();
    };
    dialog.append(
      heading,
      h("p", {}, text),
      h("div", { class: "actions" }, button(no, choose(false)), button(yes, choose(true), { kind: "danger" })),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(sure);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
