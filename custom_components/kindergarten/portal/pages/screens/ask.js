// P7: ask the kindergarten for a recording: it is kept at once, and decided by people later.

import { get, post } from "../api.js";
import { h, owns, replace } from "../dom.js";
import { has, t } from "../i18n.js";
import { button } from "../parts/button.js";
import { field } from "../parts/field.js";
import { notice } from "../parts/notice.js";
import { clock, day, isoDay, momentOf, nowUs } from "../times.js";

const LONGEST_US = 2 * 3_600_000_000;

/** @typedef {{number: string | number, room: string, from_us: number, to_us: number, state: string, made_us: number}} Request */

/** @param {import("../app.js").App} app @param {string | number} number */
const done = (app, number) => ({
  title: t("ask.done"),
  tab: "rooms",
  content: [
    notice({
      drawing: "check",
      tone: "calm",
      title: t("ask.done"),
      lines: [t("ask.number"), h("strong", { class: "pair-code" }, String(number)), t("ask.next")],
      actions: [button(t("to_rooms"), () => app.go("rooms"))],
    }),
  ],
});

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  const me = /** @type {import("../me.js").Me} */ (app.me);
  const nameOf = (/** @type {string} */ room) => me.rooms.find(({ id }) => id === room)?.name ?? room;
  const room = field(t("ask.room"), h("select", {}, me.rooms.map(({ id, name, child }) => h("option", { value: id }, `${name} · ${child}`))));
  const date = field(t("ask.date"), h("input", { type: "date", max: isoDay(nowUs()), value: isoDay(nowUs()), required: true }));
  const from = field(t("ask.from"), h("input", { type: "time", required: true }));
  const to = field(t("ask.to"), h("input", { type: "time", required: true }));
  const fields = { room, date, from, to };
  const places = /** @type {Record<string, keyof typeof fields>} */ ({ too_long: "to", future: "to", too_old: "date", not_recorded: "date", not_there: "date", too_many: "room" });

  /** @param {string} code */
  const complain = (code) => fields[owns(places, code) ? places[code] : "to"].complain(t(`ask.${code}`));

  async function send() {
    for (const one of Object.values(fields)) one.complain("");
    for (const one of [date, from, to]) if (!one.input.value) return one.complain(t("ask.missing"));
    const from_us = momentOf(date.input.value, from.input.value);
    const to_us = momentOf(date.input.value, to.input.value);
    if (to_us <= from_us) return complain("backwards");
    if (to_us - from_us > LONGEST_US) return complain("too_long");
    if (to_us > nowUs()) return complain("future");
    const answer = await post("requests", { room: room.input.value, from_us, to_us });
    if (answer.ok) app.show(() => done(app, answer.data.number));
    else if (has(`ask.${answer.data.code}`)) complain(answer.data.code);
    else app.explain(answer, () => app.go("ask"));
  }

  const mine = h("div", {}, h("p", { class: "hint" }, t("loading")));
  /** @param {Request} one */
  const row = (one) =>
    h(
      "li",
      { class: "split" },
      h(
        "span",
        {},
        h("span", { class: "what" }, t("ask.one", { number: one.number, room: nameOf(one.room) })),
        h("span", { class: "hint" }, `${day(one.from_us)}, ${clock(one.from_us)}–${clock(one.to_us)}`),
      ),
      h("span", { class: `tag ${one.state}` }, t(has(`ask.state.${one.state}`) ? `ask.state.${one.state}` : "ask.state.open")),
    );
  void get("requests").then((answer) => {
    if (!answer.ok) replace(mine, h("p", { class: "hint" }, t("not_loaded")));
    else if (!answer.data.length) replace(mine, h("p", { class: "hint" }, t("ask.none")));
    else replace(mine, h("ul", { class: "list" }, answer.data.map(row)));
  });

  return {
    title: t("ask.title"),
    tab: "rooms",
    content: [
      h("h1", {}, t("ask.title")),
      h("p", { class: "lead" }, t("ask.lead")),
      h(
        "section",
        { class: "card" },
        room.node,
        date.node,
        h("div", { class: "pair" }, from.node, to.node),
        h("p", { class: "hint" }, t("ask.longest")),
        button(t("ask.send"), send),
      ),
      h("section", { class: "card" }, h("h2", {}, t("ask.mine")), mine),
      h("div", { class: "actions" }, button(t("back"), () => app.go("rooms"), { kind: "quiet", drawing: "back" })),
    ],
  };
}
