// P2: the code from the paper, beside the invitation from the message.

import { t } from "../i18n.js";
import { redeem } from "../entry/redeem.js";
import { codeForm } from "../parts/code_form.js";
import { switching } from "../parts/switching.js";

/** @type {import("../app.js").ScreenMaker} */
export function screen(app, came) {
  /** @param {string} code @param {boolean} change @param {(text: string) => void} complain */
  async function send(code, change, complain) {
    const done = await redeem("invite/redeem", { id: came.id, secret: came.secret, code, switch: change });
    if (done.kind === "in") await app.arrived();
    else if (done.kind === "wrong_code") complain(t("code.wrong", { tries: done.triesLeft ?? 0 }));
    else if (done.kind === "other_guardian") app.show(() => switching(app, () => send(code, true, complain)));
    else app.refused(done.answer, () => void app.step("code", came));
  }
  return {
    title: t("code.title"),
    languages: true,
    content: codeForm({
      title: t("code.title"),
      lead: t("code.lead"),
      label: t("code.label"),
      hint: t("code.hint"),
      shortest: 4,
      longest: 6,
      send: (code, complain) => send(code, false, complain),
    }),
  };
}
