// This is a browser inside another app: what is redeemed here is lost when the app forgets it.

import { insideApp, isApple } from "../browser.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { announce } from "../announce.js";
import { button } from "../parts/button.js";
import { icon } from "../icons.js";

/**
 * Copy, or where that is forbidden, select, so that the parent can.
 * @param {string} text
 * @param {HTMLInputElement} shown
 */
async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    announce(t("copied"));
    return true;
  } catch {
    shown.hidden = false;
    shown.focus();
    shown.select();
    return false;
  }
}

/** @type {import("../app.js").ScreenMaker} */
export function screen(app, { step, came }) {
  const inside = insideApp();
  const browser = isApple() ? "Safari" : "Chrome";
  const shown = /** @type {HTMLInputElement} */ (
    h("input", { class: "copy", readonly: true, value: location.href, "aria-label": t("inapp.link"), hidden: true })
  );
  const done = h("p", { class: "small", role: "status" });
  return {
    title: t("inapp.title", { browser }),
    languages: true,
    content: [
      h(
        "section",
        { class: "notice warm" },
        h("div", { class: "badge" }, icon("phone")),
        h("h1", {}, t("inapp.title", { browser })),
        h("p", {}, inside ? t("inapp.text", { app: inside }) : t("inapp.text_unknown")),
        h(
          "ol",
          { class: "steps" },
          h("li", {}, t("inapp.step_menu")),
          h("li", {}, t("inapp.step_open", { browser })),
        ),
        h(
          "div",
          { class: "actions" },
          isApple() && h("a", { class: "button main", href: location.href.replace(/^https:/, "x-safari-https:") }, t("inapp.safari")),
          button(
            t("inapp.copy"),
            async () => {
              if (await copy(location.href, shown)) done.textContent = t("inapp.copied", { browser });
            },
            { kind: isApple() ? "quiet" : "main", drawing: "copy" },
          ),
          shown,
          done,
          button(t("inapp.anyway"), () => app.step(step, came), { kind: "quiet" }),
        ),
      ),
    ],
  };
}
