// The three languages and what they say.

import { owns } from "./dom.js";
import { remember, remembered } from "./memory.js";
import { format } from "./message.js";

/** @typedef {"kk" | "ru" | "en"} Language */

export const LANGUAGES = /** @type {const} */ (["kk", "ru", "en"]);
export const NAMES = { kk: "Қаз", ru: "Рус", en: "Eng" };
export const FULL_NAMES = { kk: "Қазақша", ru: "Русский", en: "English" };

const PATIENCE_MS = 15_000;
const FILES = {
  kk: new URL("../locales/kk.json", import.meta.url),
  ru: new URL("../locales/ru.json", import.meta.url),
  en: new URL("../locales/en.json", import.meta.url),
};

/** @type {Language} */
let language = "kk";
/** @type {Record<string, string>} */
let texts = {};

/** @param {unknown} code @returns {code is Language} */
const offered = (code) => LANGUAGES.includes(/** @type {Language} */ (code));

/**
 * The language to begin with: chosen before, else the kindergarten's record, else the phone's.
 * @param {string} [recorded]
 * @returns {Language}
 */
export function preferred(recorded) {
  const wishes = [remembered("language"), recorded, ...navigator.languages.map((code) => code.slice(0, 2))];
  return wishes.find(offered) ?? "kk";
}

/** @returns {Language} */
export const current = () => language;

/**
 * Load a language's texts.
 * @param {Language} wanted
 * @param {boolean} [chosen] the parent chose it, so remember it
 */
export async function speak(wanted, chosen = false) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(FILES[wanted], { signal: stop.signal });
    if (!answer.ok) throw new Error("texts");
    texts = await answer.json();
  } finally {
    clearTimeout(timer);
  }
  language = wanted;
  document.documentElement.lang = wanted;
  if (chosen) remember("language", wanted);
}

/**
 * A text in the parent's language.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export const t = (key, values = {}) => format(has(key) ? texts[key] : (texts["error.other"] ?? "…"), values, language);

/** Whether there is a text of this name. @param {string} key */
export const has = (key) => owns(texts, key);
