// P1: who invites, in which language, and one big button.

import { insideApp } from "../browser.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { button } from "../parts/button.js";

/** @type {import("../app.js").ScreenMaker} */
export function welcome(app, /** @type {import("../entry/arrival.js").Arrival} */ came) {
  const on = (/** @type {string} */ step) => () =>
    insideApp() === null ? app.step(step, came) : app.step("inapp", { step, came });
  const invited = came?.kind === "invite";
  return {
    title: t("welcome.title"),
    languages: true,
    content: [
      h("div", { class: "hero", "aria-hidden": "true" }),
      h("h1", { class: "large" }, app.kindergarten || t("welcome.title")),
      h("p", { class: "lead" }, t(invited ? "welcome.invited" : came ? "welcome.poster" : "welcome.nobody")),
      h(
        "div",
        { class: "actions" },
        invited && button(t("welcome.start"), on("code")),
        came?.kind === "pair" && button(t("welcome.pair"), on("pairing")),
        !came && button(t("welcome.at_door"), on("pairing"), { drawing: "door" }),
        !came && button(t("welcome.other_browser"), () => app.step("other_browser"), { kind: "quiet", drawing: "phone" }),
      ),
      h("p", { class: "small" }, t("welcome.promise")),
    ],
  };
}
