// Spends an invitation or a hand-over code, and says what came of it.

import { post } from "../api.js";
import { newTry, nonce } from "./arrival.js";

/**
 * @typedef {object} Outcome
 * @property {"in" | "wrong_code" | "other_guardian" | "state"} kind
 * @property {number} [triesLeft]
 * @property {import("../api.js").Answer} answer
 */

/**
 * @param {string} path `invite/redeem` or `handoff/redeem`
 * @param {Record<string, unknown>} body without the nonce
 * @returns {Promise<Outcome>}
 */
export async function redeem(path, body) {
  let answer = await post(path, { ...body, nonce: nonce() });
  // A lost answer costs nothing: the same nonce within two minutes is the same try.
  for (let tries = 0; answer.status === 0 && navigator.onLine && tries < 2; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    answer = await post(path, { ...body, nonce: nonce() });
  }
  if (answer.status !== 0) newTry();
  if (answer.ok) return { kind: "in", answer };
  const { code, tries_left: triesLeft } = answer.data;
  if (code === "wrong_code") return { kind: triesLeft === 0 ? "state" : "wrong_code", triesLeft, answer };
  if (code === "other_guardian") return { kind: "other_guardian", answer };
  return { kind: "state", answer };
}
