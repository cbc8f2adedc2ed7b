// What may not be deleted, and what was handed out.

import { html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import "./recordings_tasks.js";
import { links } from "./recordings_tasks.js";
import { Times } from "./recordings_times.js";

class Kept extends Look {
  static properties = { _exports: { state: true } };

  constructor() {
    super();
    this._exports = null;
  }

  willUpdate(changed) {
    if (!changed.has("words")) return;
    this.times = new Times(this.words.language, this.desk.hass.config.time_zone);
    this._holds();
  }

  _holds() {
    return this.look(() => this.desk.ask("footage/holds"));
  }

  async _made() {
    try {
      this._exports = await this.desk.ask("inspection/exports");
    } catch {
      // Those that run are shown, and the next of them asks again.
    }
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.kept")}</h1>
        <p class="lead">${this.t("kept.lead")}</p>
      </div>
      <section class="card" aria-label=${this.t("kept.holds")}>
        <div class="head">
          <div>
            <h2>${this.t("kept.holds")}</h2>
            <p class="soft">${this.t("kept.holds_lead")}</p>
          </div>
        </div>
        ${this.unsure(() => this._holds())} ${this.found ? this._list() : nothing}
      </section>
      <kg-tasks .desk=${this.desk} .words=${this.words} kinds="export" @kg-tasks=${() => this._made()}></kg-tasks>
      <section class="card" aria-label=${this.t("kept.exports")}>
        <div>
          <h2>${this.t("kept.exports")}</h2>
          <p class="soft">${this.t("kept.exports_lead")}</p>
        </div>
        ${this._exports === null ? nothing : this._exports.length ? this._exports.map((each) => this._export(each)) : html`<p class="soft">${this.t("kept.no_exports")}</p>`}
      </section>
    </div>`;
  }

  firstUpdated() {
    this._made();
  }

  _list() {
    if (!this.found.length) return html`<p class="soft">${this.t("kept.no_holds")}</p>`;
    return html`<div class="table">
      <table class="stack">
        <thead>
          <tr>
            ${["range.cameras", "kept.what", "hold.reason", "kept.until"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
            <th scope="col"><span class="unseen">${this.t("actions")}</span></th>
          </tr>
        </thead>
        <tbody>
          ${this.found.map((each) => this._hold(each))}
        </tbody>
      </table>
    </div>`;
  }

  _hold(hold) {
    const asked = hold.state !== "held";
    return html`<tr>
      <td>${hold.cameras.join(", ")}</td>
      <td>${this.times.between(hold.from_us, hold.to_us)}</td>
      <td data-label=${this.t("hold.reason")}>${hold.reason === "incident" ? this.t("hold.incident") : hold.reason ?? "—"}</td>
      <td data-label=${this.t("kept.until")}>
        ${asked ? html`<span class="chip warm">${this.t("kept.lift_asked", { at: this.times.full(hold.not_before_us) })}</span>` : hold.until_us ? this.times.full(hold.until_us) : this.t("kept.for_ever")}
      </td>
      <td class="acts">
        <button type="button" class="plain" ?disabled=${this.busy} @click=${() => this._change(hold, asked ? "footage/keep" : "footage/lift")}>
          ${this.t(asked ? "kept.keep" : "kept.lift")}
        </button>
      </td>
    </tr>`;
  }

  async _change({ uid }, command) {
    const found = await this.act(() => this.desk.ask(command, { uid }));
    if (!found) return;
    if (command === "footage/keep") this.say(this.t("kept.stays"));
    else this.say(this.t(found.second_needed ? "kept.second" : "kept.waits", { at: found.not_before_us ? this.times.full(found.not_before_us) : "" }));
    this._holds();
  }

  _export(each) {
    return html`<div>
      <p><strong>${each.cameras.join(", ")}</strong> · ${this.times.between(each.from_us, each.to_us)}</p>
      ${links(each.files, this.words)}
    </div>`;
  }
}

customElements.define("kg-kept", Kept);
