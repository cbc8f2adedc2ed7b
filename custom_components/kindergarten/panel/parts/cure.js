// The one button that leads to where something is mended: a page of ours, or one of Home Assistant's.

import { html, nothing } from "../lit.js";

const ADDRESSES = {
  repairs: "/config/repairs",
  integration: "/config/integrations/integration/kindergarten",
  backups: "/config/backup",
  general: "/config/general",
};

/**
 * A button or a link.
 * @param {import("./page.js").Page} page @param {string | null} cure @param {string} about what a screen reader hears it is for @param {string} [kind]
 */
export function cureOf(page, cure, about, kind = "") {
  if (!cure) return nothing;
  const inside = html`${page.t(`cure.${cure}`)}<span class="unseen">: ${about}</span>`;
  return Object.hasOwn(ADDRESSES, cure)
    ? html`<a class="button ${kind}" href=${ADDRESSES[cure]}>${inside}</a>`
    : html`<button type="button" class=${kind} @click=${() => page.go(cure)}>${inside}</button>`;
}

export const SETTINGS = ADDRESSES.integration;
