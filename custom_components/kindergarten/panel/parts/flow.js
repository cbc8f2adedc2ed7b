// Links to Home Assistant's own dialogs for cameras and rooms, so that nobody has to look for them.
//
// Home Assistant gives these dialogs no address (2026.10). Its page of our integration opens them; we have it do so without going
// there. Whatever of that has changed in another version, the link then leads to that page, where the same buttons are.

import { html } from "../lit.js";
import { SETTINGS } from "./cure.js";

const DOMAIN = "kindergarten";
const PAGE = "ha-config-integration-page";
const ROW = "ha-config-sub-entry-row";
const PATIENCE_MS = 15_000;

/** Two dialogs at once would leave one of them begun for ever: the newest tap counts. */
let turn = 0;

/** Load Home Assistant's pages of integrations, as its router would. */
async function load() {
  if (customElements.get(PAGE) && customElements.get(ROW)) return;
  const resolver = document.createElement("partial-panel-resolver");
  await resolver._getRoutes([{ component_name: "config", url_path: "config" }]).routes.config.load();
  await document.createElement("ha-panel-config").routerOptions.routes.integrations.load();
}

/** What its page would show. @param {string} tag @param {object} fields @param {(element: any) => unknown} press */
async function dialogOf(tag, fields, press) {
  const element = Object.assign(document.createElement(tag), fields);
  let dialog;
  element.addEventListener("show-dialog", (event) => {
    event.stopPropagation();
    dialog = event.detail;
  });
  await press(element);
  await dialog.dialogImport();
  return dialog;
}

/** The dialog that adds one, or changes that of an id. @param {any} hass @param {string} kind @param {string | undefined} unique */
async function prepare(hass, kind, unique) {
  const [[entry]] = await Promise.all([hass.callWS({ type: "config_entries/get", domain: DOMAIN }), load()]);
  if (!unique) {
    return dialogOf(PAGE, { hass, domain: DOMAIN, configEntries: [entry] }, (page) => page._addSubEntry({ target: { flowType: kind } }));
  }
  const all = await hass.callWS({ type: "config_entries/subentries/list", entry_id: entry.entry_id });
  const subEntry = all.find(({ unique_id }) => unique_id === unique);
  return dialogOf(ROW, { hass, entry, data: { subEntry } }, (row) => row._handleReconfigureSub());
}

/** @param {import("./page.js").Page} page @param {HTMLAnchorElement} link @param {string} kind @param {string} [unique] */
async function open(page, link, kind, unique) {
  if (link.ariaBusy) return;
  const mine = ++turn;
  link.ariaBusy = "true";
  const late = new Promise((_, refuse) => setTimeout(refuse, PATIENCE_MS));
  try {
    const dialog = await Promise.race([prepare(page.desk.hass, kind, unique), late]);
    if (mine !== turn) return;
    const detail = { ...dialog, dialogParams: { ...dialog.dialogParams, dialogParentElement: page } };
    page.dispatchEvent(new CustomEvent("show-dialog", { detail, bubbles: true, composed: true }));
  } catch {
    if (!page.isConnected || mine !== turn) return;
    history.pushState(null, "", SETTINGS);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  } finally {
    link.ariaBusy = null;
  }
}

/**
 * A link that looks like a button, to add a camera or a room, or to change one.
 * @param {import("./page.js").Page} page @param {unknown} inside
 * @param {{kind: "camera" | "room", unique?: string, look?: string}} what
 */
export function flowLink(page, inside, { kind, unique, look = "" }) {
  const tap = (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(page, event.currentTarget, kind, unique);
  };
  return html`<a class="button ${look}" href=${SETTINGS} @click=${tap}>${inside}</a>`;
}
