// Speaks with the kindergarten: JSON in, JSON out, never longer than a parent waits.

/**
 * @typedef {object} Answer
 * @property {number} status HTTP status, 0 when nothing came
 * @property {boolean} ok
 * @property {any} data
 */

const BASE = "/api/kindergarten/portal/";
const PATIENCE_MS = 15_000;

let token = "";
let aheadMs = 0;
let quickestMs = Infinity;

/** Sign later changes with the session's token. @param {string} value */
export const signWith = (value) => {
  token = value;
};

/** The address of something of the portal. @param {string} path */
export const address = (path) => BASE + path;

/** The kindergarten's clock, as well as answers tell it. @returns {number} ms since 1970 */
export const serverNow = () => Date.now() + aheadMs;

/**
 * Learn the kindergarten's clock from an answer: a phone's may be minutes off.
 * @param {string | null} date the `Date` header, whole seconds
 * @param {number} tookMs
 */
function setClock(date, tookMs) {
  const said = date ? Date.parse(date) : NaN;
  if (Number.isNaN(said) || tookMs > quickestMs * 1.5) return;
  quickestMs = Math.min(quickestMs, tookMs);
  aheadMs = said + 500 + tookMs / 2 - Date.now();
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @param {number} [patienceMs]
 * @returns {Promise<Response | null>} null when nothing came
 */
export async function ask(path, options = {}, patienceMs = PATIENCE_MS) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patienceMs);
  const began = performance.now();
  options.signal?.addEventListener("abort", () => stop.abort());
  try {
    const response = await fetch(address(path), {
      ...options, signal: stop.signal, credentials: "same-origin", cache: "no-store", redirect: "error",
    });
    setClock(response.headers.get("Date"), performance.now() - began);
    return response;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Response | null} response @returns {Promise<Answer>} */
async function read(response) {
  if (!response) return { status: 0, ok: false, data: {} };
  let data = {};
  try {
    if (response.headers.get("Content-Type")?.includes("json")) data = (await response.json()) ?? {};
  } catch {
    return { status: 0, ok: false, data: {} }; // cut off on the way
  }
  return { status: response.status, ok: response.ok, data };
}

/** @param {string} path @returns {Promise<Answer>} */
export const get = async (path) => read(await ask(path));

/**
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Answer>}
 */
export async function post(path, body = {}) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (token) headers["X-Kindergarten-Token"] = token;
  return read(await ask(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Say something while the page goes away. @param {string} path @param {object} [body] */
export function lastWord(path, body = {}) {
  const headers = { "Content-Type": "application/json", "X-Kindergarten-Token": token };
  void fetch(address(path), { method: "POST", headers, body: JSON.stringify(body), keepalive: true }).catch(() => {});
}
