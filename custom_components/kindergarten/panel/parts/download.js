// Gives a file to the browser.

const KEPT_MS = 60_000;

/** Give a PDF to the browser. @param {string} base64 @param {string} name */
export function download(base64, name) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
