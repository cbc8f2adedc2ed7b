// What surrounds every screen: the kindergarten's name above, tabs below.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { languages } from "./languages.js";
import { renewed } from "./renewed.js";

const TABS = /** @type {const} */ ([["rooms", "home"], ["day", "day"], ["me", "me"]]);

/** @param {import("../app.js").App} app @param {string} now */
const tabs = (app, now) =>
  h(
    "nav",
    { class: "tabs", "aria-label": t("tabs.label") },
    TABS.map(([name, drawing]) =>
      h(
        "button",
        { class: "tab", type: "button", "aria-current": now === name ? "page" : null, onclick: () => app.go(name) },
        icon(drawing),
        h("span", {}, t(`tab.${name}`)),
      ),
    ),
  );

/** Say above the screen that is there that the page is of yesterday. */
export function tellRenewed() {
  if (!document.querySelector(".renewed")) document.querySelector("header.top")?.after(renewed());
}

/**
 * Put a screen on the page and the focus on its heading.
 * @param {import("../app.js").App} app
 * @param {import("../app.js").Screen} screen
 */
export function frame(app, screen) {
  const place = /** @type {HTMLElement} */ (document.getElementById("app"));
  const first = !place.querySelector("main");
  place.textContent = ""; // and not what only newer browsers know: this says "too old" as well
  place.append(
    h(
      "header",
      { class: "top" },
      h("span", { class: "mark", "aria-hidden": "true" }),
      h("span", { class: "kindergarten" }, app.kindergarten),
      screen.languages && languages(app),
    ),
    ...(app.outdated ? [renewed()] : []),
    h("main", { class: screen.tab ? "page tabbed" : "page" }, screen.content),
  );
  if (screen.tab) place.append(tabs(app, screen.tab));
  const heading = place.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  if (!first) heading?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
