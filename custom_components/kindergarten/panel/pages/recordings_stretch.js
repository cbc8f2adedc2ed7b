// The card on which a stretch of a day is marked, to do something with it.

import { html, nothing } from "../lit.js";
import { length } from "./recordings_times.js";

/**
 * @param {{from: number, to: number}} marks in µs, 0 for none
 * @param {{words: import("../words.js").Words, times: import("./recordings_times.js").Times}} say
 * @param {{mark: (edge: "from" | "to") => void, clear: () => void, begin: (deed: "hold" | "export") => void}} ask
 */
export function stretch({ from, to }, { words, times }, { mark, clear, begin }) {
  const t = (key, values) => words.t(key, values);
  const both = from && to;
  const told = () => {
    if (both) return t("range.marked", { from: times.full(from), to: times.clock(to), long: length(to - from, words) });
    return from ? t("range.begun", { from: times.clock(from) }) : t("range.lead");
  };
  return html`<section class="card" aria-label=${t("range.title")}>
    <div class="head">
      <div>
        <h2>${t("range.title")}</h2>
        <p class="soft">${told()}</p>
      </div>
    </div>
    <div class="row">
      <button type="button" @click=${() => mark("from")}>${t("range.from")}</button>
      <button type="button" ?disabled=${!from} @click=${() => mark("to")}>${t("range.to")}</button>
      <button type="button" class="main" ?disabled=${!both} @click=${() => begin("hold")}>${t("range.hold")}</button>
      <button type="button" class="main" ?disabled=${!both} @click=${() => begin("export")}>${t("range.export")}</button>
      ${from ? html`<button type="button" class="plain" @click=${() => clear()}>${t("range.clear")}</button>` : nothing}
    </div>
  </section>`;
}
