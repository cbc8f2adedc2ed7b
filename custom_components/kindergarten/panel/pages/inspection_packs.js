// Inspection packs: a report with proof that anybody can check without us.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import "./recordings_tasks.js";
import { links } from "./recordings_tasks.js";
import { Times, shifted } from "./recordings_times.js";

const LANGUAGES = ["kk", "ru", "en"];

class Packs extends Look {
  static properties = { _mode: { state: true }, _sured: { state: true } };

  static styles = [
    Look.styles,
    css`
      fieldset {
        border: 0;
        padding: 0;
        margin: 0;
        min-width: 0;
      }
      legend {
        font-weight: 500;
        padding: 0;
      }
      .pack {
        border-top: 1px solid var(--line);
        padding-top: 12px;
        display: grid;
        gap: 6px;
      }
    `,
  ];

  constructor() {
    super();
    this._mode = "hand_over";
    this._sured = null;
  }

  willUpdate(changed) {
    if (changed.has("words")) this.times = new Times(this.words.language, this.desk.hass.config.time_zone);
  }

  firstUpdated() {
    this._packs();
  }

  _packs() {
    return this.look(() => this.desk.ask("inspection/packs"));
  }

  render() {
    const today = this.words.today();
    return html`<div class="page">
      <div>
        <h1>${this.t("place.packs")}</h1>
        <p class="lead">${this.t("packs.lead")}</p>
      </div>
      <section class="card" aria-label=${this.t("packs.new")}>
        <h2>${this.t("packs.new")}</h2>
        <form class="fields" @submit=${this._submit}>
          <div class="pair">
            <label class="field">${this.t("packs.from")}<input type="date" name="from_day" required max=${today} value=${shifted(today, -30)} /></label>
            <label class="field">${this.t("packs.to")}<input type="date" name="to_day" required max=${today} value=${shifted(today, -1)} /></label>
          </div>
          <fieldset>
            <legend>${this.t("packs.languages")}</legend>
            ${LANGUAGES.map((each) => html`<label class="tick"><input type="checkbox" name="language" value=${each} checked /><span>${this.t(`language.${each}`)}</span></label>`)}
          </fieldset>
          <fieldset>
            <legend>${this.t("packs.mode")}</legend>
            ${["hand_over", "full"].map(
              (each) => html`<label class="tick"
                ><input type="radio" name="mode" value=${each} ?checked=${each === this._mode} @change=${() => (this._mode = each)} /><span
                  >${this.t(`packs.${each}`)} <span class="hint">${this.t(`packs.${each}_hint`)}</span></span
                ></label
              >`,
            )}
          </fieldset>
          <div class="row end"><button class="main" ?disabled=${this.busy}>${this.t("packs.make")}</button></div>
        </form>
      </section>
      <kg-tasks .desk=${this.desk} .words=${this.words} kinds="pack" @kg-tasks=${() => this._packs()}></kg-tasks>
      <section class="card" aria-label=${this.t("packs.list")}>
        <div>
          <h2>${this.t("packs.list")}</h2>
          <p class="soft">${this.t("packs.list_lead")}</p>
        </div>
        ${this.unsure(() => this._packs())} ${this.found ? (this.found.length ? this.found.map((each) => this._pack(each)) : html`<p class="soft">${this.t("packs.none")}</p>`) : nothing}
      </section>
      ${this._sured ? this._sure() : nothing}
    </div>`;
  }

  _submit(event) {
    event.preventDefault();
    const typed = new FormData(event.target);
    const languages = typed.getAll("language").map(String);
    if (!languages.length) {
      this.say(this.t("packs.no_language"), "bad");
      return;
    }
    const wanted = { from_day: String(typed.get("from_day")), to_day: String(typed.get("to_day")), languages, mode: this._mode };
    if (this._mode === "full") this._sured = wanted;
    else this._make(wanted);
  }

  async _make(wanted) {
    this._sured = null;
    if (await this.tell("inspection/pack", wanted, this.t("packs.begun"))) this.renderRoot.querySelector("kg-tasks").look_now();
  }

  _sure() {
    return html`<kg-sheet heading=${this.t("packs.full")} closing=${this.t("close")} @kg-close=${() => (this._sured = null)}>
      <p>${this.t("packs.sure")}</p>
      <div class="row end">
        <button type="button" @click=${() => (this._sured = null)}>${this.t("cancel")}</button>
        <button type="button" class="stop" @click=${() => this._make({ ...this._sured, confirm: true })}>${this.t("packs.make_full")}</button>
      </div>
    </kg-sheet>`;
  }

  _pack({ id, made_us: made, until_us: until, mode, files }) {
    return html`<div class="pack">
      <div class="row">
        <strong>${made ? this.times.full(made) : id}</strong>
        <span class="chip ${mode === "full" ? "warm" : ""}">${this.t(mode === "full" ? "packs.full" : "packs.hand_over")}</span>
        <button type="button" class="plain stop" ?disabled=${this.busy} @click=${() => this._delete(id)}>${this.t("packs.delete")}</button>
      </div>
      ${until ? html`<p class="soft">${this.t("packs.until", { at: this.times.full(until) })}</p>` : nothing} ${links(files, this.words)}
    </div>`;
  }

  async _delete(pack) {
    if (await this.tell("inspection/packs/delete", { pack }, this.t("packs.deleted"))) this._packs();
  }
}

customElements.define("kg-packs", Packs);
