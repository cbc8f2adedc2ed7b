// P6: language, devices, consents, another browser, leaving.

import { get, post } from "../api.js";
import { h, replace } from "../dom.js";
import { has, t } from "../i18n.js";
import { button } from "../parts/button.js";
import { confirm } from "../parts/confirm.js";
import { languages } from "../parts/languages.js";
import { day } from "../times.js";

/** @typedef {{id: string, label: string, made_us: number, seen_us: number, this: boolean}} Device */

/**
 * @param {import("../app.js").App} app
 * @param {Device} device
 */
function deviceRow(app, device) {
  async function revoke() {
    const sure = await confirm({ title: t("devices.sure"), text: device.label, yes: t("devices.revoke"), no: t("cancel") });
    if (!sure) return;
    const answer = await post(`me/devices/${device.id}/revoke`);
    if (answer.ok) app.again();
    else app.explain(answer, () => app.go("me"));
  }
  return h(
    "li",
    { class: "split" },
    h(
      "span",
      {},
      h("span", { class: "what" }, device.label),
      h("span", { class: "hint" }, device.this ? t("devices.this") : t("devices.seen", { date: day(device.seen_us) })),
    ),
    !device.this && button(t("devices.revoke"), revoke, { kind: "quiet small-button", name: t("devices.revoke_name", { label: device.label }) }),
  );
}

/**
 * @param {import("../app.js").App} app
 * @param {import("../me.js").Consent} form
 */
function consentRow(app, form) {
  const given = form.state === "given";
  async function change() {
    const { child_id, purpose, version } = form;
    const question = given ? "consent.sure_withdraw" : "consent.sure_give";
    const text = t(has(`consent.${purpose}.text`) ? `consent.${purpose}.text` : "consent.other.text");
    const yes = t(given ? "consent.withdraw_button" : "consent.given");
    if (!(await confirm({ title: t(question), text, yes, no: t("cancel") }))) return;
    const answer = await post("me/consents", { child_id, purpose, version, state: given ? "withdrawn" : "given" });
    if (!answer.ok) return app.explain(answer, () => app.go("me"));
    if (await app.refresh()) app.again();
  }
  const title = t(has(`consent.${form.purpose}.title`) ? `consent.${form.purpose}.title` : "consent.other.title");
  return h(
    "li",
    { class: "split" },
    h(
      "span",
      {},
      h("span", { class: "what" }, title),
      h("span", { class: "hint" }, `${form.child} · ${t(`consent.state.${form.state}`)}`),
    ),
    button(t(given ? "consent.withdraw_button" : "consent.give_button"), change, {
      kind: "quiet small-button",
      name: `${t(given ? "consent.withdraw_button" : "consent.give_button")}: ${title}, ${form.child}`,
    }),
  );
}

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  const me = /** @type {import("../me.js").Me} */ (app.me);
  const devices = h("div", {}, h("p", { class: "hint" }, t("loading")));
  void get("me/devices").then((answer) => {
    if (answer.ok) replace(devices, h("ul", { class: "list" }, answer.data.map((/** @type {Device} */ one) => deviceRow(app, one))));
    else replace(devices, h("p", { class: "hint" }, t("not_loaded")));
  });
  async function leave() {
    if (!(await confirm({ title: t("me.leave_sure"), text: t("me.leave_text"), yes: t("me.leave"), no: t("cancel") }))) return;
    const answer = await post("me/logout");
    if (answer.ok || answer.status === 404) app.anew();
    else app.explain(answer, () => app.go("me"));
  }
  return {
    title: t("me.title"),
    tab: "me",
    content: [
      h("h1", {}, me.name || t("me.title")),
      h("section", { class: "card" }, h("h2", {}, t("language.label")), languages(app)),
      h("section", { class: "card" }, h("h2", {}, t("devices.title")), devices, h("p", { class: "small" }, t("devices.why"))),
      h(
        "section",
        { class: "card" },
        h("h2", {}, t("handoff.title")),
        h("p", {}, t("handoff.lead")),
        button(t("handoff.make"), () => app.go("handoff"), { kind: "quiet", drawing: "phone" }),
      ),
      // A relative is asked for none.
      me.consents.length > 0 &&
        h("section", { class: "card" }, h("h2", {}, t("consent.title")), h("ul", { class: "list" }, me.consents.map((form) => consentRow(app, form)))),
      h("div", { class: "actions" }, button(t("ask.title"), () => app.go("ask"), { kind: "quiet", drawing: "film" }), button(t("me.leave"), leave, { kind: "danger", drawing: "out" })),
    ],
  };
}
