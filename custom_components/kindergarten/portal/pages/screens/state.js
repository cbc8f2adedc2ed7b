// How things are, when there is no picture to show: a screen for every reason.

import { h, owns } from "../dom.js";
import { has, t } from "../i18n.js";
import { remembered } from "../memory.js";
import { button } from "../parts/button.js";
import { notice } from "../parts/notice.js";
import { opensByItself, waitUntilOpen } from "../parts/until_open.js";
import { moment } from "../times.js";

/**
 * @typedef {object} Detail
 * @property {string} code
 * @property {number} [opens_at_us]
 * @property {number} [place]
 * @property {number} [wait_s]
 * @property {() => void} [again]
 * @property {import("../me.js").Room} [room] the one that was to be seen
 */

/** Drawing, tone and what can be done: `again`, `enter` (ask anew who this is), `rooms`, `consents`, `new` (come in anew). */
const STATES = /** @type {Record<string, [string, "calm" | "warm" | "stop", ...string[]]>} */ ({
  closed_hours: ["moon", "calm", "rooms"],
  quiet: ["moon", "calm", "rooms"],
  holiday: ["sun", "calm", "rooms"],
  paused: ["leaf", "calm", "again", "rooms"],
  presence: ["child", "calm", "again", "rooms"],
  not_open_yet: ["clock", "calm", "rooms"],
  rules: ["form", "warm", "enter"],
  own_consent: ["form", "warm", "consents", "rooms"],
  access_ended: ["key", "stop", "rooms"],
  no_camera: ["cameraOff", "warm", "again", "rooms"],
  full: ["people", "warm", "rooms"],
  busy: ["people", "warm", "again", "rooms"],
  slow_down: ["clock", "warm", "again"],
  elsewhere: ["phone", "warm", "again", "rooms"],
  idle: ["eye", "calm", "again", "rooms"],
  ended: ["eye", "calm", "again", "rooms"],
  tampered: ["shield", "stop", "again", "rooms"],
  gone: ["key", "stop", "again", "new"],
  portal_off: ["key", "stop", "again", "new"],
  unknown: ["key", "stop", "again", "new"],
  offline: ["cloudOff", "warm", "again"],
  trouble: ["cloudOff", "warm", "again"],
  too_old: ["phone", "stop"],
  no_cookies: ["phone", "stop", "again"],
  not_valid: ["link", "stop", "new"],
  too_many_devices: ["phone", "stop", "new"],
  refused: ["hand", "stop", "new"],
  pairing_ended: ["clock", "warm", "new"],
  no_window: ["door", "warm", "again"],
  pairing_busy: ["people", "warm", "again"],
});

/** Codes that mean the same to a parent. */
const SAME = /** @type {Record<string, string>} */ ({
  hidden: "ended", lost: "ended", stopped: "ended", no_picture: "no_camera", outdated: "trouble", try_again: "trouble",
});

/** What may be over by itself: a restart of the kindergarten, a tunnel. A phone that was in need not be tapped. */
const PASSES = ["gone", "offline", "try_again"];
const SOONEST_MS = 2000;
const LATEST_MS = 60_000;

/**
 * Look now and then whether this phone is known again.
 * @param {import("../app.js").App} app
 * @returns {() => void} ends it
 */
function waitToComeBack(app) {
  let waitMs = SOONEST_MS;
  let over = false;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const look = async () => {
    if (document.visibilityState === "visible" && (await app.comeBack())) return;
    waitMs = Math.min(waitMs * 1.3, LATEST_MS);
    if (!over) timer = setTimeout(() => void look(), waitMs);
  };
  const online = () => void app.comeBack();
  window.addEventListener("online", online);
  timer = setTimeout(() => void look(), waitMs);
  return () => {
    over = true;
    clearTimeout(timer);
    window.removeEventListener("online", online);
  };
}

/**
 * What goes on by itself on the screen of a code.
 * @param {import("../app.js").App} app
 * @param {Detail} detail
 * @returns {(() => void) | undefined} ends it
 */
function waitFor(app, { code, room, opens_at_us }) {
  if (PASSES.includes(code)) return remembered("known") ? waitToComeBack(app) : undefined;
  return room && app.settled && opensByItself(code) ? waitUntilOpen(app, room, code, opens_at_us) : undefined;
}

/** @param {string} code of an answer @returns {string} the screen for it */
function screenOf(code) {
  const meant = owns(SAME, code) ? SAME[code] : code;
  return owns(STATES, meant) ? meant : "trouble";
}

/**
 * The parent's screen for a code.
 * @param {import("../app.js").App} app
 * @param {Detail} detail
 * @returns {import("../app.js").Screen}
 */
export function state(app, detail) {
  const code = screenOf(detail.code);
  const special = `error.${detail.code}`;
  const [drawing, tone, ...choices] = STATES[code];
  const inside = app.settled && code !== "gone";
  const again = detail.again ?? (inside ? () => app.go("rooms") : () => void app.enter());
  /** @type {Record<string, () => Node | false>} */
  const make = {
    again: () => button(t(`again.${code === "idle" || code === "elsewhere" ? "watch" : "try"}`), again),
    rooms: () => inside && button(t("to_rooms"), () => app.go("rooms"), { kind: choices[0] === "rooms" ? "main" : "quiet" }),
    enter: () => button(t("continue"), () => app.enter()),
    consents: () => button(t("to_consents"), () => app.step("consents")),
    new: () => button(t("come_in_anew"), () => app.anew(), { kind: choices[0] === "new" ? "main" : "quiet" }),
  };
  const seconds = Math.max(1, Math.ceil(detail.wait_s ?? 30));
  return {
    title: t(`state.${code}.title`),
    tab: inside ? "rooms" : undefined,
    languages: !inside,
    leave: waitFor(app, detail),
    content: [
      notice({
        drawing,
        tone,
        title: t(`state.${code}.title`),
        lines: [
          has(special) ? t(special) : t(`state.${code}.text`, { seconds }),
          detail.opens_at_us ? h("strong", { class: "when" }, t(code === "paused" ? "back_by" : "opens", { when: moment(detail.opens_at_us) })) : null,
          detail.place ? h("strong", { class: "when" }, t("place", { place: detail.place })) : null,
        ],
        actions: choices.map((choice) => make[choice]()),
      }),
    ],
  };
}
