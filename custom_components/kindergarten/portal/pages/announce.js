// Tells screen readers what changed without moving the focus. One message does not push out another.

import { h } from "./dom.js";

const KEPT_MS = 8000;

/** @param {string} text */
export function announce(text) {
  const line = h("p", {}, text);
  document.getElementById("announcements")?.append(line);
  setTimeout(() => line.remove(), KEPT_MS);
}
