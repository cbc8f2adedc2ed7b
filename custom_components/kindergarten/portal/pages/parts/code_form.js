// A page with one box for a code and one button.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { button } from "./button.js";
import { digits } from "./digits.js";

/**
 * @param {object} what
 * @param {string} what.title
 * @param {string} what.lead
 * @param {string} what.label
 * @param {string} [what.hint]
 * @param {boolean} [what.letters]
 * @param {number} what.shortest
 * @param {number} what.longest
 * @param {(code: string, complain: (text: string) => void) => Promise<void>} what.send
 */
export function codeForm({ title, lead, label, hint, letters, shortest, longest, send }) {
  const box = digits(label, longest, { hint, letters });
  const complain = (/** @type {string} */ text) => {
    box.complain(text);
    box.input.select();
  };
  const go = async () => {
    box.complain("");
    const code = box.input.value.replace(/[^A-Za-z0-9]/g, "");
    if (code.length < shortest) complain(t("code.short", { shortest }));
    else await send(code, complain);
  };
  const done = button(t("continue"), go);
  box.input.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === "Enter") done.click();
  });
  return [h("h1", {}, title), h("p", { class: "lead" }, lead), box.node, h("div", { class: "actions" }, done)];
}
