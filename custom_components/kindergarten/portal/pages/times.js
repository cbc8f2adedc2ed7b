// Moments as the kindergarten's clock shows them: 24 hours, dd.mm.yyyy. Microseconds since 1970 come in.

import { t } from "./i18n.js";

/** @type {string | undefined} */
let zone;

/** Show times of this zone (IANA name) instead of the phone's. @param {string | undefined} name */
export function showTimesOf(name) {
  try {
    if (name) new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch {
    zone = undefined; // an old phone may not know the zone
  }
}

/**
 * @param {number} us
 * @returns {Record<string, string>} year, month, day, hour, minute with leading zeros
 */
function parts(us) {
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  }).formatToParts(us / 1000);
  return Object.fromEntries(made.map((part) => [part.type, part.value]));
}

/** `08:30` @param {number} us */
export const clock = (us) => {
  const { hour, minute } = parts(us);
  return `${hour}:${minute}`;
};

/** `22.11.2026` @param {number} us */
export const day = (us) => {
  const { day: number, month, year } = parts(us);
  return `${number}.${month}.${year}`;
};

/** `2026-11-22`, as an input wants it. @param {number} us */
export const isoDay = (us) => {
  const { day: number, month, year } = parts(us);
  return `${year}-${month}-${number}`;
};

/** Now. @returns {number} microseconds */
export const nowUs = () => Date.now() * 1000;

const DAY_US = 86_400_000_000;

/**
 * "today, 08:30", "tomorrow, 08:30" or "24.11.2026, 08:30".
 * @param {number} us
 */
export function moment(us) {
  const values = { time: clock(us), date: day(us) };
  if (values.date === day(nowUs())) return t("time.today", values);
  if (values.date === day(nowUs() + DAY_US)) return t("time.tomorrow", values);
  return t("time.date", values);
}

/**
 * The moment at which the kindergarten's clock shows a date and a time.
 * @param {string} date `2026-11-22`
 * @param {string} time `08:30`
 * @returns {number} microseconds
 */
export function momentOf(date, time) {
  const wanted = Date.parse(`${date}T${time}:00Z`) * 1000;
  const shown = (/** @type {number} */ us) => Date.parse(`${isoDay(us)}T${clock(us)}:00Z`) * 1000;
  const first = wanted - (shown(wanted) - wanted);
  return first - (shown(first) - wanted); // the second step is for a change of summer time in between
}
