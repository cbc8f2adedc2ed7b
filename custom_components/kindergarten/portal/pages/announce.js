// Tells screen readers what changed without moving the focus.

/** @param {string} text */
export function announce(text) {
  const place = document.getElementById("announcements");
  if (place && place.textContent !== text) place.textContent = text;
}
