// P5: when the rooms are open, today's seal of the kindergarten, and what I looked at.

import { get } from "../api.js";
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { clock, day, moment, nowUs } from "../times.js";

/** @param {import("../me.js").Room} room */
function opening(room) {
  if (room.today?.length) return room.today.map((span) => `${clock(span.from_us)}–${clock(span.until_us)}`).join(", ");
  if (room.open) return room.closes_at_us ? t("open_until", { time: clock(room.closes_at_us) }) : t("open_now");
  return room.opens_at_us ? t("opens", { when: moment(room.opens_at_us) }) : t("closed_now");
}

/** @param {{day: string, code: string} | null} head */
function seal(head) {
  if (!head) return h("p", {}, t("day.no_seal"));
  const groups = head.code.match(/\d{1,5}/g) ?? [head.code];
  const said = t("day.seal_said", { day: shownDay(head.day), code: [...head.code.replace(/\D/g, "")].join(" ") });
  return [
    h(
      "p",
      { class: "seal" },
      h("span", { class: "unseen" }, said),
      groups.map((group) => h("span", { class: "seal-group", "aria-hidden": "true" }, group)),
    ),
    h("p", { class: "when" }, icon("seal"), h("span", {}, t("day.seal_of", { day: shownDay(head.day) }))),
  ];
}

/** `2026-11-22` or `20261122` as 22.11.2026. @param {string} iso */
const shownDay = (iso) => iso.replace(/^(\d{4})-?(\d{2})-?(\d{2})$/, "$3.$2.$1");

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  const me = /** @type {import("../me.js").Me} */ (app.me);
  const views = h("div", {}, h("p", { class: "hint" }, t("loading")));
  const nameOf = (/** @type {string} */ room) => me.rooms.find(({ id }) => id === room)?.name ?? room;

  /** @param {{room: string, from_us: number, until_us: number | null}} view */
  const row = (view) => {
    const minutes = Math.max(1, Math.round(((view.until_us ?? nowUs()) - view.from_us) / 60e6));
    const date = day(view.from_us) === day(nowUs()) ? t("today") : day(view.from_us);
    return h(
      "li",
      {},
      h("span", { class: "what" }, nameOf(view.room)),
      h("span", { class: "hint" }, `${date}, ${clock(view.from_us)} · ${t("minutes", { n: minutes })}`),
    );
  };
  void get("me/views").then((answer) => {
    if (!answer.ok) replace(views, h("p", { class: "hint" }, t("not_loaded")));
    else if (!answer.data.length) replace(views, h("p", { class: "hint" }, t("day.no_views")));
    else replace(views, h("ul", { class: "list" }, answer.data.slice(0, 30).map(row)));
  });
  return {
    title: t("day.title"),
    tab: "day",
    content: [
      h("h1", {}, t("day.title")),
      h(
        "section",
        { class: "card" },
        h("h2", {}, t("day.opening")),
        h(
          "ul",
          { class: "list" },
          me.rooms.map((room) => h("li", {}, h("span", { class: "what" }, room.name), h("span", { class: "hint" }, opening(room)))),
        ),
        h("p", { class: "small" }, t("day.pauses")),
      ),
      h("section", { class: "card" }, h("h2", {}, t("day.seal")), seal(me.head), h("p", { class: "small" }, t("day.seal_why"))),
      h("section", { class: "card" }, h("h2", {}, t("day.views")), views, h("p", { class: "small" }, t("day.views_why"))),
    ],
  };
}
