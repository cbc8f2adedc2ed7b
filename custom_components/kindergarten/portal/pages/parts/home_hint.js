// How to put the page on the home screen: said once, on the second visit, and never to whoever has it there.

import { insideApp, isApple } from "../browser.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { remember, remembered } from "../memory.js";
import { button } from "./button.js";

const SECOND = 2;

/** Whether the page was opened from the home screen. */
const atHome = () =>
  matchMedia("(display-mode: standalone)").matches || ("standalone" in navigator && navigator.standalone === true);

/**
 * @param {import("../app.js").App} app
 * @returns {HTMLElement | null} null when it was said before, or there is nothing to say
 */
export function homeHint(app) {
  const visit = remembered("visits");
  const android = /Android/.test(navigator.userAgent);
  if (atHome() || insideApp() !== null || !(android || isApple()) || Number(visit) < SECOND) return null;
  if ((remembered("home") ?? visit) !== visit) return null;
  remember("home", visit);
  const done = () => {
    remember("home", "told");
    hint.remove();
  };
  const lines = android ? [t("home.android")] : [t("home.ios"), t("home.ios_code")];
  const offer = android && app.install;
  const add = async () => {
    done();
    await offer?.prompt();
  };
  const hint = h(
    "section",
    { class: "card soft home-hint", "aria-labelledby": "home-hint" },
    h("h2", { id: "home-hint" }, t("home.title")),
    h("p", {}, t("home.why")),
    offer ? null : lines.map((line) => h("p", {}, line)),
    h("div", { class: "actions" }, offer && button(t("home.add"), add), button(t("home.no"), done, { kind: "quiet" })),
  );
  return hint;
}
