// Another guardian is signed in on this phone: nothing changes before the parent says so.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { button } from "./button.js";
import { notice } from "./notice.js";

/**
 * @param {import("../app.js").App} app
 * @param {() => unknown} change redeem again, with consent
 * @returns {import("../app.js").Screen}
 */
export const switching = (app, change) => ({
  title: t("switch.title"),
  languages: true,
  content: [
    notice({
      drawing: "people",
      tone: "warm",
      title: t("switch.title"),
      lines: [t("switch.text"), h("strong", {}, t("switch.after"))],
      actions: [
        button(t("switch.yes"), change, { kind: "danger" }),
        button(t("switch.no"), () => app.keep()),
      ],
    }),
  ],
});
