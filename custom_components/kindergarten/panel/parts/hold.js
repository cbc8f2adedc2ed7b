// Asks before a tab is closed while it holds what is nowhere else: a list being typed, codes shown once.

const held = new Set();

window.addEventListener("beforeunload", (event) => {
  if (held.size) event.preventDefault();
});

/** @param {object} who @param {boolean} holds whether it holds something */
export function hold(who, holds) {
  if (holds) held.add(who);
  else held.delete(who);
}
