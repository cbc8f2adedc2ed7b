// What a change costs other families, told before it is made.

import { html, nothing } from "../lit.js";
import { Look } from "./look.js";

/** @typedef {{what: string, guardian_id?: string, child_id?: string, day?: string}} Change */
/** @typedef {{room_id: string, room: string, families: number, watching: number, children: {child_id: string, child: string, why: string}[]}} Closing */
/** @typedef {{rooms: Closing[], alone: {child_id: string, child: string}[], phones: number, watching: number}} Cost */

/** What some changes cost together; one list for all. @param {import("../desk.js").Desk} desk @param {Change[]} changes @returns {Promise<Cost>} */
export async function costOf(desk, changes) {
  const costs = await Promise.all(changes.map((each) => desk.ask("people/consequences", each)));
  const once = (key, things) => [...new Map(things.map((each) => [each[key], each])).values()];
  return {
    rooms: once("room_id", costs.flatMap(({ rooms }) => rooms)),
    alone: once("child_id", costs.flatMap(({ alone }) => alone)),
    phones: Math.max(0, ...costs.map(({ phones }) => phones)),
    watching: Math.max(0, ...costs.map(({ watching }) => watching)),
  };
}

/** Whether anybody else would notice. @param {Cost} cost */
export const isDear = ({ rooms, alone }) => rooms.length + alone.length > 0;

/** What it costs, in words. @param {Cost} cost @param {import("../words.js").Words} words */
export function told(cost, words) {
  const { rooms, alone, phones, watching } = cost;
  return html`<div class="note ${isDear(cost) ? "bad" : ""}">
    ${rooms.map(
      (each) => html`<p><strong>${words.t("cost.room", each)}</strong>${each.watching ? html` ${words.t("cost.watching", each)}` : nothing}</p>
        <ul class="reasons">
          ${each.children.map(({ child, why }) => html`<li class="bad"><span>${words.t(`cost.${why}`, { child })}</span></li>`)}
        </ul>`,
    )}
    ${alone.length ? html`<p>${words.t("cost.alone", { names: alone.map(({ child }) => child).join(", ") })}</p>` : nothing}
    ${isDear(cost) ? nothing : html`<p>${words.t("cost.nothing")}</p>`}
    ${phones ? html`<p>${words.t("cost.phones", { phones })}${watching ? html` ${words.t("cost.watching", { watching })}` : nothing}</p>` : nothing}
  </div>`;
}

class CostOf extends Look {
  static properties = { change: { attribute: false } };

  willUpdate(changed) {
    const asked = JSON.stringify(this.change);
    if (asked === this._told && !changed.has("table")) return;
    if (asked !== this._told) this.found = null;
    this._told = asked;
    this._again();
  }

  _again() {
    return this.look(() => costOf(this.desk, [this.change]));
  }

  render() {
    return html`<div aria-live="polite">${this.unsure(() => this._again())}${this.found ? told(this.found, this.words) : nothing}</div>`;
  }
}

customElements.define("kg-cost", CostOf);
