// The consent form of each child: every purpose is answered by itself, and "no" is an answer.

import { post } from "../api.js";
import { h } from "../dom.js";
import { has, t } from "../i18n.js";
import { unanswered } from "../me.js";
import { button } from "../parts/button.js";
import { announce } from "../announce.js";

/** @param {string} purpose @param {"title" | "text"} part */
const words = (purpose, part) => t(has(`consent.${purpose}.${part}`) ? `consent.${purpose}.${part}` : `consent.other.${part}`);

/**
 * One question with two answers.
 * @param {import("../me.js").Consent} form
 * @param {string} name
 */
function question(form, name) {
  const yesNo = (/** @type {string} */ value) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: "radio", name, value }),
      h("span", {}, t(`consent.${value}`)),
    );
  const wrong = h("p", { class: "wrong", role: "alert" });
  const node = h(
    "fieldset",
    { class: "question" },
    h("legend", {}, words(form.purpose, "title")),
    form.state === "outdated" && h("p", { class: "hint" }, t("consent.changed")),
    h("p", {}, words(form.purpose, "text")),
    h("div", { class: "choices" }, yesNo("given"), yesNo("refused")),
    wrong,
  );
  const answer = () => /** @type {HTMLInputElement | null} */ (node.querySelector("input:checked"))?.value ?? null;
  const complain = (/** @type {string} */ text) => {
    wrong.textContent = text;
    if (text) /** @type {HTMLInputElement} */ (node.querySelector("input")).focus();
  };
  return { form, node, answer, complain };
}

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  const me = /** @type {import("../me.js").Me} */ (app.me);
  const open = unanswered(me);
  const forms = open.length ? open : me.consents.filter((form) => form.state !== "given");
  const questions = forms.map((form, at) => question(form, `consent${at}`));
  const children = [...new Set(forms.map((form) => form.child_id))];

  const later = () => {
    app.askedForConsents = true;
    app.settle();
  };
  async function send() {
    const missing = questions.filter((one) => !one.answer());
    for (const one of questions) one.complain("");
    if (missing.length) return missing[0].complain(t("consent.choose"));
    for (const { form, answer } of questions) {
      const { child_id, purpose, version } = form;
      const result = await post("me/consents", { child_id, purpose, version, state: answer() });
      if (!result.ok) return app.explain(result, () => void app.step("consents"));
    }
    announce(t("consent.kept"));
    app.askedForConsents = true;
    await app.enter();
  }
  return {
    title: t("consent.title"),
    languages: true,
    content: [
      h("h1", {}, t("consent.title")),
      h("p", { class: "lead" }, t(forms.length ? "consent.lead" : "consent.all_answered")),
      children.map((child) => {
        const own = questions.filter(({ form }) => form.child_id === child);
        return h("section", { class: "card" }, h("h2", {}, own[0].form.child), own.map((one) => one.node),
          h("p", { class: "small" }, t("version", { version: own[0].form.version })));
      }),
      h("p", { class: "small" }, t("consent.withdraw")),
      h(
        "div",
        { class: "actions" },
        forms.length > 0 && button(t("consent.send"), send),
        button(t("consent.later"), later, { kind: "quiet" }),
      ),
    ],
  };
}
