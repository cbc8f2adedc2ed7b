// How somebody came: with an invitation (#i=id.secret), from the poster (#pair), to look from outside
// (#check=token), or by themselves.
//
// The secret stays in the address until it is spent: "open in Safari" opens exactly this address.

import { held, hold } from "../memory.js";

/** @typedef {{kind: "invite", id: string, secret: string} | {kind: "pair"} | {kind: "check", token: string} | null} Arrival */

/** @returns {Arrival} */
export function arrival() {
  const invitation = /^#i=([\w-]{1,64})\.([\w-]{1,128})$/.exec(location.hash);
  if (invitation) return { kind: "invite", id: invitation[1], secret: invitation[2] };
  const check = /^#check=([\w-]{1,64})$/.exec(location.hash);
  if (check) return { kind: "check", token: check[1] };
  return location.hash === "#pair" ? { kind: "pair" } : null;
}

/** Take the invitation out of the address: it is spent, or of no use. */
export function forgetArrival() {
  if (arrival()) history.replaceState(null, "", location.pathname);
  hold("nonce", null);
}

/** The number that makes a repeated try the same try, also after a reload. @returns {string} */
export function nonce() {
  const kept = held("nonce");
  if (kept) return kept;
  const made = crypto.randomUUID();
  hold("nonce", made);
  return made;
}

/** A try that was answered is over; the next one is another. */
export const newTry = () => hold("nonce", null);
