// P3: five short lines to agree to; the version is kept with the answer.

import { post } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { button } from "../parts/button.js";

const LINES = /** @type {const} */ ([["key", "mine"], ["film", "no_recording"], ["eye", "name"], ["people", "logged"], ["leaf", "others"]]);

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  async function agree() {
    const me = /** @type {import("../me.js").Me} */ (app.me);
    const answer = await post("me/rules", { version: me.rules.version });
    if (!answer.ok) return app.explain(answer, () => void app.step("rules"));
    await app.enter();
  }
  return {
    title: t("rules.title"),
    languages: true,
    content: [
      h("h1", {}, t("rules.title")),
      h("p", { class: "lead" }, t("rules.lead", { name: app.me?.name ?? "" })),
      h(
        "ul",
        { class: "card lines" },
        LINES.map(([drawing, name]) => h("li", {}, icon(drawing), h("span", {}, t(`rules.${name}`)))),
      ),
      h("div", { class: "actions" }, button(t("rules.agree"), agree)),
      h("p", { class: "small" }, t("version", { version: app.me?.rules.version ?? "" })),
    ],
  };
}
