// The rooms of the own children: open, or one friendly sentence and when.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { has, t } from "../i18n.js";
import { button } from "../parts/button.js";
import { homeHint } from "../parts/home_hint.js";
import { moment, clock } from "../times.js";

const EVERY_MS = 30_000;

/** @param {import("../me.js").Room} room */
const sentence = (room) => t(has(`lock.${room.reason}`) ? `lock.${room.reason}` : "lock.other");

/** @param {import("../me.js").Room} room */
function whenLine(room) {
  if (room.open) return room.closes_at_us ? t("open_until", { time: clock(room.closes_at_us) }) : t("open_now");
  if (!room.opens_at_us) return "";
  return t(room.reason === "paused" ? "back_by" : "opens", { when: moment(room.opens_at_us) });
}

/**
 * @param {import("../app.js").App} app
 * @param {import("../me.js").Room} room
 */
function card(app, room) {
  const actions = room.open
    ? button(t("watch"), () => app.go("live", room.id), { drawing: "play", name: t("watch_room", { room: room.name }) })
    : room.reason === "own_consent" && button(t("to_consents"), () => app.step("consents"), { kind: "quiet" });
  return h(
    "article",
    { class: room.open ? "card room open" : "card room" },
    h("h2", {}, room.name),
    h("p", { class: "child" }, icon("child"), h("span", {}, room.child)),
    !room.open && h("p", {}, sentence(room)),
    h("p", { class: "when" }, h("span", { class: "lamp", "aria-hidden": "true" }), h("span", {}, whenLine(room) || (room.open ? "" : t("closed_now")))),
    actions,
  );
}

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  const me = /** @type {import("../me.js").Me} */ (app.me);
  const draw = () => (app.me?.rooms ?? []).map((room) => card(app, room));
  const list = h("div", { class: "rooms" }, draw());
  let shown = JSON.stringify(me.rooms);
  const look = async () => {
    if (document.visibilityState !== "visible") return;
    const fresh = await app.refresh();
    if (!fresh || JSON.stringify(fresh.rooms) === shown || !list.isConnected) return;
    shown = JSON.stringify(fresh.rooms);
    // Only what changed is drawn anew while somebody has the focus in it.
    const focused = [...list.children].findIndex((one) => one.contains(document.activeElement));
    list.replaceChildren(...draw());
    if (focused >= 0) /** @type {HTMLElement | null} */ (list.children[focused]?.querySelector("button"))?.focus();
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  document.addEventListener("visibilitychange", look);
  return {
    title: t("rooms.title"),
    tab: "rooms",
    leave: () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    },
    content: [
      h("h1", {}, t("rooms.hello", { name: me.name })),
      me.rooms.length ? list : h("p", { class: "card" }, t("rooms.none")),
      me.rooms.length > 0 && homeHint(app),
      me.rooms.length > 0 && h("div", { class: "actions" }, button(t("ask.title"), () => app.go("ask"), { kind: "quiet", drawing: "film" })),
    ],
  };
}
