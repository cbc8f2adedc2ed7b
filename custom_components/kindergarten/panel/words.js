// The panel's texts in the owner's language.

import { format } from "./message.js";

const LANGUAGES = ["en", "ru"];
const ADDRESSES = {
  en: new URL("./locales/en.json", import.meta.url),
  ru: new URL("./locales/ru.json", import.meta.url),
};

/** Texts of one language, and dates and times as it writes them. */
export class Words {
  /** @param {string} language @param {Record<string, string>} texts @param {string} zone the house's time zone */
  constructor(language, texts, zone) {
    this.language = language;
    this._texts = texts;
    this._day = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
      day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
    });
    const common = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    this._time = new Intl.DateTimeFormat(language, common);
    this._moment = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
      ...common, day: "numeric", month: "short",
    });
    this._clock = new Intl.DateTimeFormat(language, { ...common, second: "2-digit" });
    this._today = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
    this._order = new Intl.Collator([language, "ru", "kk"], { numeric: true, sensitivity: "base" });
  }

  /** Whether there is a text of this name. @param {string} key */
  has(key) {
    return Object.hasOwn(this._texts, key);
  }

  /** A text. @param {string} key @param {Record<string, string | number>} [values] */
  t(key, values = {}) {
    return this.has(key) ? format(this._texts[key], values, this.language) : key;
  }

  /** @param {string} day "2026-09-01" */
  day(day) {
    return this._day.format(new Date(`${day}T00:00:00Z`));
  }

  /** @param {number} us microseconds since 1970 */
  time(us) {
    return this._time.format(us / 1000);
  }

  /** A time with its seconds. @param {number} ms milliseconds since 1970 */
  clock(ms) {
    return this._clock.format(ms);
  }

  /** @param {number} us microseconds since 1970 */
  moment(us) {
    return this._moment.format(us / 1000);
  }

  /** A number as people write it. @param {number} value @param {number} [digits] at most so many behind the point */
  number(value, digits = 0) {
    return new Intl.NumberFormat(this.language === "en" ? "en-GB" : this.language, { maximumFractionDigits: digits }).format(value);
  }

  /** Bytes as they stand on a disk's box. @param {number} bytes */
  size(bytes) {
    const large = bytes >= 1e12;
    return this.t(large ? "size.tb" : "size.gb", { size: this.number(bytes / (large ? 1e12 : 1e9), large ? 1 : 0) });
  }

  /** Today at the kindergarten, "2026-09-01". */
  today() {
    return this._today.format(new Date());
  }

  /** Things by their names, in the order of the language. @template {{name: string}} T @param {Iterable<T>} things */
  sorted(things) {
    return [...things].sort((one, other) => this._order.compare(one.name, other.name));
  }
}

/**
 * Load the texts that fit a user of Home Assistant best.
 * @param {string} wanted "ru-RU" @param {string} zone
 */
export async function speak(wanted, zone) {
  const language = LANGUAGES.find((each) => wanted?.startsWith(each)) ?? "en";
  const answer = await fetch(ADDRESSES[language]);
  if (!answer.ok) throw new Error("texts");
  return new Words(language, await answer.json(), zone);
}
