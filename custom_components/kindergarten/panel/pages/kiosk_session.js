// Whether this tab shows an inspection just now; a page that is loaded anew goes on with it.

const KEPT = "kg-inspection";

/** Begin one; it is in the ledger when this comes back. @param {import("../desk.js").Desk} desk @param {number} minutes */
export async function begin(desk, minutes) {
  const session = await desk.ask("inspection/begin", { minutes });
  sessionStorage.setItem(KEPT, session.id);
  window.dispatchEvent(new CustomEvent("kg-inspection", { detail: session }));
  return session;
}

/** The one that this tab began, while it goes on. @param {import("../desk.js").Desk} desk */
export async function going(desk) {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return null;
  const session = await desk.ask("inspection/session");
  return session.id === kept ? session : null;
}

/** Whether this tab began one, going on or not. */
export const begun = () => sessionStorage.getItem(KEPT) !== null;

export const forget = () => sessionStorage.removeItem(KEPT);
