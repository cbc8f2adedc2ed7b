// A code with which another browser of the same person comes in: ten minutes, once.

import { post } from "../api.js";
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";
import { button } from "../parts/button.js";
import { clock } from "../times.js";

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  const place = h("div", { class: "card center" }, h("p", { class: "hint" }, t("loading")));
  let over = false;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const expired = () =>
    replace(place, h("p", {}, t("handoff.over")), button(t("handoff.make"), () => app.go("handoff"), { kind: "quiet" }));
  void post("handoff").then((answer) => {
    if (over) return;
    if (!answer.ok) return app.explain(answer, () => app.go("handoff"));
    const { code, until_us } = answer.data;
    replace(
      place,
      h("p", { class: "hint" }, t("handoff.code")),
      h("output", { class: "pair-code long" }, String(code)),
      h("p", {}, t("handoff.until", { time: clock(until_us) })),
    );
    timer = setTimeout(expired, Math.max(0, until_us / 1000 - Date.now()));
  });
  return {
    title: t("handoff.title"),
    tab: "me",
    leave: () => {
      over = true;
      clearTimeout(timer);
    },
    content: [
      h("h1", {}, t("handoff.title")),
      h("p", { class: "lead" }, t("handoff.lead")),
      place,
      h(
        "ol",
        { class: "steps card" },
        h("li", {}, t("handoff.step_open")),
        h("li", {}, t("handoff.address"), " ", h("code", {}, location.origin + location.pathname)),
        h("li", {}, t("handoff.step_code")),
      ),
      h("p", { class: "small" }, t("handoff.only_you")),
      h("div", { class: "actions" }, button(t("back"), () => app.go("me"), { kind: "quiet", drawing: "back" })),
    ],
  };
}
