// A labelled input with a place for what is wrong with it.

import { h } from "../dom.js";

let count = 0;

/**
 * @typedef {object} Field
 * @property {HTMLElement} node
 * @property {HTMLInputElement | HTMLSelectElement} input
 * @property {(text: string) => void} complain shows what is wrong, "" takes it back
 */

/**
 * @param {string} label
 * @param {HTMLElement} input an input or select
 * @param {string} [hint]
 * @returns {Field}
 */
export function field(label, input, hint) {
  const id = `field${++count}`;
  const wrong = h("p", { class: "wrong", id: `${id}-wrong`, role: "alert" });
  input.id = id;
  input.setAttribute("aria-describedby", hint ? `${id}-hint ${id}-wrong` : `${id}-wrong`);
  const node = h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
    input,
    wrong,
  );
  const complain = (/** @type {string} */ text) => {
    wrong.textContent = text;
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    if (text) input.focus();
  };
  return { node, input: /** @type {HTMLInputElement} */ (input), complain };
}
