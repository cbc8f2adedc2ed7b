// What this phone may see: GET /me, asked again after everything that could change it.

import { get, signWith } from "./api.js";
import { hold, remember } from "./memory.js";
import { showTimesOf } from "./times.js";

/**
 * @typedef {object} Room
 * @property {string} id
 * @property {string} name
 * @property {string} child
 * @property {boolean} open
 * @property {string} reason
 * @property {number | null} opens_at_us
 * @property {number | null} closes_at_us
 * @property {"video" | "stills"} mode
 * @property {{from_us: number, until_us: number}[]} [today]
 */
/**
 * @typedef {object} Consent
 * @property {string} child_id
 * @property {string} child
 * @property {string} purpose
 * @property {string} version
 * @property {"given" | "missing" | "refused" | "withdrawn" | "outdated"} state
 */
/**
 * @typedef {object} Me
 * @property {string} kindergarten
 * @property {string} name
 * @property {string} language
 * @property {string} token
 * @property {{version: string, accepted: boolean}} rules
 * @property {Room[]} rooms
 * @property {Consent[]} consents
 * @property {{day: string, code: string} | null} head
 * @property {{still_watching_s: number, daily_soft_s: number, today_s: number}} limits
 * @property {string} [time_zone]
 * @property {string} [page] the version of the page that the kindergarten has
 */

/**
 * Ask who this phone is.
 * @returns {Promise<{me: Me | null, status: number, data: any}>} `me` is null when it is nobody, or nothing came (status 0)
 */
export async function whoAmI() {
  const { status, ok, data } = await get("me");
  if (!ok) return { me: null, status, data };
  signWith(data.token);
  showTimesOf(data.time_zone);
  remember("known", "1");
  return { me: data, status, data };
}

/** Forget what only a signed-in phone knows. */
export function forgetMe() {
  signWith("");
  remember("known", null);
  hold("pairing", null);
}

/**
 * The same room in a later answer: since a restart of the kindergarten it goes by another id.
 * @param {Room[]} rooms
 * @param {Room} room
 */
export const sameRoom = (rooms, room) =>
  rooms.find(({ id }) => id === room.id) ?? rooms.find(({ name, child }) => name === room.name && child === room.child);

/** @param {Me} me @returns {Consent[]} forms that wait for an answer */
export const unanswered = (me) => me.consents.filter((form) => form.state === "missing" || form.state === "outdated");
