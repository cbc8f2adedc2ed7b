// A box for a code: the right keyboard, pasting, nothing to solve.

import { h } from "../dom.js";
import { field } from "./field.js";

/**
 * @param {string} label
 * @param {number} longest
 * @param {{hint?: string, letters?: boolean}} [look] `letters`: the code has letters too, in groups of four
 */
export function digits(label, longest, { hint, letters = false } = {}) {
  const input = /** @type {HTMLInputElement} */ (
    h("input", {
      class: "digits", type: "text", inputmode: letters ? "text" : "numeric", autocomplete: letters ? "off" : "one-time-code",
      autocapitalize: letters ? "characters" : "off", spellcheck: "false", enterkeyhint: "go", required: true,
    })
  );
  const clean = (/** @type {string} */ text) => {
    if (!letters) return text.replace(/\D/g, "").slice(0, longest);
    const signs = text.toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, longest);
    return signs.match(/.{1,4}/g)?.join("-") ?? "";
  };
  input.addEventListener("input", (event) => {
    // While letters are taken away again nothing is put in their place.
    if (/** @type {InputEvent} */ (event).inputType?.startsWith("delete")) return;
    const wanted = clean(input.value);
    if (wanted !== input.value) input.value = wanted;
  });
  return { ...field(label, input, hint), input };
}
