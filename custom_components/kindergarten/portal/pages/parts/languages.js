// The three language buttons.

import { h } from "../dom.js";
import { FULL_NAMES, LANGUAGES, NAMES, current, t } from "../i18n.js";

/** @param {import("../app.js").App} app */
export const languages = (app) =>
  h(
    "div",
    { class: "languages", role: "group", "aria-label": t("language.label") },
    LANGUAGES.map((code) =>
      h(
        "button",
        {
          type: "button",
          class: "language",
          lang: code,
          "aria-pressed": String(code === current()),
          "aria-label": `${NAMES[code]}, ${FULL_NAMES[code]}`,
          onclick: () => void app.speak(code),
        },
        NAMES[code],
      ),
    ),
  );
