// A room is closed for a while: looks now and then, sooner when its time has come, and goes back to the picture.

import { serverNow } from "../api.js";
import { sameRoom } from "../me.js";

const MINUTE_MS = 60_000;
/** The staff may end a pause before its time; nobody else's hours change that often. */
const EVERY_MS = /** @type {Record<string, number>} */ ({
  paused: MINUTE_MS / 3, presence: MINUTE_MS, no_camera: MINUTE_MS, quiet: MINUTE_MS, closed_hours: MINUTE_MS,
  holiday: 10 * MINUTE_MS, not_open_yet: 5 * MINUTE_MS,
});
const FAR_MS = 5 * MINUTE_MS;
/** All parents wait for the same moment: not all of them ask in it. */
const SPREAD_MS = 8000;
const SOONEST_MS = 2000;

/** Whether a room that is closed for this reason may open by itself. @param {string} reason */
export const opensByItself = (reason) => reason in EVERY_MS;

/**
 * In how many milliseconds to look again.
 * @param {string} reason
 * @param {number} leftMs until the room is said to open; Infinity when nobody knows
 * @param {number} dice 0..1
 */
export function waitMs(reason, leftMs, dice) {
  const far = reason !== "paused" && leftMs !== Infinity && leftMs > 2 * FAR_MS;
  const every = far ? Math.max(EVERY_MS[reason], FAR_MS) : EVERY_MS[reason];
  const due = leftMs > 0 ? leftMs + SOONEST_MS / 4 + dice * SPREAD_MS : SOONEST_MS + dice * SPREAD_MS;
  return Math.min(every * (1 + dice / 4), leftMs === Infinity ? Infinity : due);
}

/**
 * Go back to the picture once the room is open; say why not yet whenever that changes.
 * @param {import("../app.js").App} app
 * @param {import("../me.js").Room} room
 * @param {string} reason
 * @param {number | null | undefined} opensUs
 * @returns {() => void} ends it
 */
export function waitUntilOpen(app, room, reason, opensUs) {
  let over = false;
  let lookedMs = performance.now();
  let looks = 0;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const wait = () => {
    clearTimeout(timer);
    const leftMs = opensUs ? opensUs / 1000 - serverNow() : Infinity;
    // Its time has come and it is closed all the same: twice at once, then no more often than any other.
    timer = setTimeout(() => void look(), waitMs(reason, leftMs <= 0 && looks > 2 ? Infinity : leftMs, Math.random()));
    looks = leftMs <= 0 ? looks + 1 : 0;
  };
  const look = async () => {
    if (document.visibilityState !== "visible") return undefined; // until it is seen again
    lookedMs = performance.now();
    const me = await app.refresh();
    if (over) return undefined;
    const now = me && sameRoom(me.rooms, room);
    if (now?.open) return app.go("live", now.id);
    const changed = now && (now.reason !== reason || now.opens_at_us !== (opensUs ?? null));
    if (changed) return app.say(now.reason, { opens_at_us: now.opens_at_us ?? undefined, room: now });
    return wait();
  };
  const seen = () => {
    clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    if (performance.now() - lookedMs > SOONEST_MS) void look();
    else wait();
  };
  document.addEventListener("visibilitychange", seen);
  wait();
  return () => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  };
}
