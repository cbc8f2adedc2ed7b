// What people did with footage, as the ledger has it; and whether it is whole.

import { html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import "./recordings_tasks.js";
import { Times } from "./recordings_times.js";

// Why an inspection ended, where it was not ended by hand.
const ENDS = ["time", "begun_anew", "found_at_start"];
const KINDS = ["export", "hold", "lift", "challenge", "inspection", "pack", "verify", "view", "request", "discard"];

class Log extends Look {
  static properties = { kiosk: { type: Boolean }, _kind: { state: true } };

  constructor() {
    super();
    this.kiosk = false;
    this._kind = "";
  }

  willUpdate(changed) {
    if (changed.has("words")) this.times = new Times(this.words.language, this.desk.hass.config.time_zone);
    if (changed.has("words") || changed.has("_kind")) this._ask();
  }

  _ask() {
    return this.look(() => this.desk.ask("inspection/log", { kinds: this._kind ? [this._kind] : [] }));
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.evidence")}</h1>
        <p class="lead">${this.t("log.lead")}</p>
      </div>
      ${this.found ? this._head() : nothing}
      ${this.kiosk ? nothing : html`<kg-tasks .desk=${this.desk} .words=${this.words} kinds="verify" @kg-tasks=${() => this._ask()}></kg-tasks>`}
      <section class="card" aria-label=${this.t("log.title")}>
        <label class="field"
          >${this.t("log.show")}
          <select @change=${(event) => (this._kind = event.target.value)}>
            ${["", ...KINDS].map((each) => html`<option value=${each} ?selected=${each === this._kind}>${this.t(each ? `log.${each}` : "all")}</option>`)}
          </select></label
        >
        ${this.unsure(() => this._ask())} ${this.found ? this._list() : nothing}
      </section>
    </div>`;
  }

  _head() {
    const { head, ledger } = this.found;
    const light = { good: "good", broken: "bad", missing: "bad" }[ledger] ?? "warm";
    return html`<section class="card" aria-label=${this.t("log.head")}>
      <div>
        <div class="head">
          <h2>${this.t("log.head")}</h2>
          <span class="chip ${light}">${this.t(ledger ? `log.is_${ledger}` : "log.is_unknown")}</span>
        </div>
        <p class="soft">${this.t("log.head_lead")}</p>
      </div>
      ${head ? html`<pre class="wrap">${head}</pre>` : nothing}
      ${this.kiosk
        ? nothing
        : html`<div class="row">
            ${["quick", "full"].map((depth) => html`<button type="button" ?disabled=${this.busy} @click=${() => this._verify(depth)}>${this.t(`log.verify_${depth}`)}</button>`)}
          </div>`}
    </section>`;
  }

  async _verify(depth) {
    if (await this.tell("inspection/verify", { depth }, this.t("log.verifying"))) this.renderRoot.querySelector("kg-tasks").look_now();
  }

  _list() {
    const { records } = this.found;
    if (!records.length) return html`<p class="soft">${this.t("log.none")}</p>`;
    return html`<div class="table">
      <table class="stack">
        <thead>
          <tr>
            ${["log.when", "log.what", "log.about", "log.who", "log.number"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${records.map((each) => this._row(each))}
        </tbody>
      </table>
    </div>`;
  }

  _row(record) {
    return html`<tr>
      <td class="when">${this.times.full(record.t_us)}</td>
      <td>${this.t(`log.${record.kind}`)}</td>
      <td>${this._about(record)}</td>
      <td data-label=${this.t("log.who")}>${record.who ?? "—"}</td>
      <td data-label=${this.t("log.number")}>${record.n}</td>
    </tr>`;
  }

  _about({ kind, cameras, from_us: from, to_us: to, played, what, why, minutes, bad, missing }) {
    const told = [...cameras];
    if (typeof from === "number") told.push(typeof to === "number" ? this.times.between(from, to) : this.times.full(from));
    if (typeof played === "boolean") told.push(this.t(played ? "log.played" : "log.not_played"));
    if (kind === "inspection") told.push(what === "begin" ? this.t("log.begun", { minutes: minutes ?? 0 }) : this.t(ENDS.includes(why) ? `log.end_${why}` : "log.ended"));
    if (kind === "pack") told.push(this.t(what === "full" ? "packs.full" : "packs.hand_over"));
    if (kind === "verify") told.push(this.t("log.found", { bad: bad ?? 0, missing: missing ?? 0 }));
    return told.join(" · ");
  }
}

customElements.define("kg-evidence", Log);
