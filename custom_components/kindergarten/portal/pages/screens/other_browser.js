// Come in with a code that a signed-in browser of the same person shows.

import { t } from "../i18n.js";
import { redeem } from "../entry/redeem.js";
import { codeForm } from "../parts/code_form.js";
import { switching } from "../parts/switching.js";

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  /** @param {string} code @param {boolean} change @param {(text: string) => void} complain */
  async function send(code, change, complain) {
    const done = await redeem("handoff/redeem", change ? { code, switch: true } : { code });
    if (done.kind === "in") await app.arrived();
    else if (done.kind === "other_guardian") app.show(() => switching(app, () => send(code, true, complain)));
    else if (done.answer.data.code === "not_valid" || done.kind === "wrong_code") complain(t("other_browser.wrong"));
    else app.refused(done.answer, () => void app.step("other_browser"));
  }
  return {
    title: t("other_browser.title"),
    languages: true,
    content: codeForm({
      title: t("other_browser.title"),
      lead: t("other_browser.lead"),
      label: t("other_browser.label"),
      letters: true,
      shortest: 8,
      longest: 8,
      send: (code, complain) => send(code, false, complain),
    }),
  };
}
