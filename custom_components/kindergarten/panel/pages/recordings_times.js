// The kindergarten's clock to the second, on days of 23 and 25 hours too.

export const SECOND = 1_000_000;
export const HOUR = 3600 * SECOND;

/** Dates and times of one house as one language writes them. */
export class Times {
  /** @param {string} language @param {string} zone "Asia/Almaty" */
  constructor(language, zone) {
    const spoken = language === "en" ? "en-GB" : language;
    const two = /** @type {const} */ ("2-digit");
    const clock = { hour: two, minute: two, hourCycle: /** @type {const} */ ("h23"), timeZone: zone };
    this._short = new Intl.DateTimeFormat(spoken, clock);
    this._clock = new Intl.DateTimeFormat(spoken, { ...clock, second: two });
    this._offset = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" });
    this._day = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
    this._long = new Intl.DateTimeFormat(spoken, { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: zone });
  }

  /** "14:03:05"; in the hour that comes twice with its distance from UTC. @param {number} us */
  clock(us) {
    return this._twice(this._clock, us);
  }

  /** "14:03" @param {number} us */
  short(us) {
    return this._twice(this._short, us);
  }

  /** "14:03:05" as a field of a form takes it. @param {number} us */
  field(us) {
    return this._clock.format(us / 1000);
  }

  /** The local day, "2026-09-01". @param {number} us */
  day(us) {
    return this._day.format(us / 1000);
  }

  /** The local day in words. @param {number} us */
  long(us) {
    return this._long.format(us / 1000);
  }

  /** Day and clock. @param {number} us */
  full(us) {
    return `${this.long(us)}, ${this.clock(us)}`;
  }

  /** From one moment to another; the day is said once where it is the same. @param {number} from @param {number} to µs */
  between(from, to) {
    return `${this.full(from)} – ${this.day(from) === this.day(to) ? this.clock(to) : this.full(to)}`;
  }

  _twice(format, us) {
    const text = format.format(us / 1000);
    const same = [-HOUR, HOUR].some((away) => format.format((us + away) / 1000) === text);
    if (!same) return text;
    const zone = this._offset.formatToParts(us / 1000).find(({ type }) => type === "timeZoneName");
    return `${text} (${zone?.value.replace("GMT", "UTC") ?? ""})`;
  }
}

/** The day before or after. @param {string} day "2026-09-01" @param {number} by */
export function shifted(day, by) {
  const moved = new Date(`${day}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + by);
  return moved.toISOString().slice(0, 10);
}

/** How long, in words. @param {number} us @param {import("../words.js").Words} words */
export function length(us, words) {
  const seconds = Math.round(us / SECOND);
  if (seconds < 60) return words.t("length.s", { s: seconds });
  if (seconds < 3600) return words.t("length.m", { m: Math.floor(seconds / 60), s: seconds % 60 });
  return words.t("length.h", { h: Math.floor(seconds / 3600), m: Math.round((seconds % 3600) / 60) });
}

/** @param {number} bytes @param {import("../words.js").Words} words */
export function size(bytes, words) {
  const [unit, by] = bytes >= 1e9 ? ["size.gb", 1e9] : ["size.mb", 1e6];
  return words.t(unit, { size: new Intl.NumberFormat(words.language, { maximumFractionDigits: 1 }).format(Math.max(bytes / by, 0.1)) });
}

/** Cameras by their names, those that are no longer recorded last. @template {{name: string, ours: boolean}} T @param {T[]} cameras @param {import("../words.js").Words} words */
export const inOrder = (cameras, words) => words.sorted(cameras).sort((one, other) => Number(other.ours) - Number(one.ours));
