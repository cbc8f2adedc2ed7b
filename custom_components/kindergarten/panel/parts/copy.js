// Copies a text, also where Home Assistant is used over plain HTTP at home.

/** Copy a text; true when it is on the clipboard. @param {string} text @param {HTMLTextAreaElement} [shown] where it stands */
export async function copy(text, shown) {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: the older way may be.
    }
  }
  shown?.focus();
  shown?.select();
  return shown !== undefined && document.execCommand("copy");
}
