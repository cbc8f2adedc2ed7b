// "Show me this camera at this moment": it plays, and the ledger says that it was asked for.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import "./recordings_stage.js";
import { Times, inOrder } from "./recordings_times.js";

class Challenge extends Look {
  static properties = { kiosk: { type: Boolean }, _result: { state: true }, _camera: { state: true } };

  static styles = [
    Look.styles,
    css`
      .where {
        display: grid;
        gap: 12px;
        grid-template-columns: minmax(160px, 1.4fr) minmax(150px, 1fr) minmax(130px, 1fr) auto auto;
        align-items: end;
      }
      .where button {
        min-height: 44px;
      }
      .stamp {
        border: 2px solid var(--dot);
        border-radius: 8px;
        padding: 12px 16px;
        display: grid;
        gap: 4px;
      }
      @media (max-width: 869px) {
        .where {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  constructor() {
    super();
    this.kiosk = false;
    this._result = null;
    this._camera = "";
  }

  willUpdate(changed) {
    if (!changed.has("words")) return;
    this.times = new Times(this.words.language, this.desk.hass.config.time_zone);
    this._ask();
  }

  async _ask() {
    await this.look(async () => {
      const known = await this.desk.ask("footage/cameras", { language: this.words.language });
      return { ...known, cameras: inOrder(known.cameras, this.words) };
    });
    this._camera ||= this.found?.cameras[0]?.uid ?? "";
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.challenge")}</h1>
        <p class="lead">${this.t("challenge.lead")}</p>
      </div>
      <section class="card" aria-label=${this.t("place.challenge")}>
        ${this.unsure(() => this._ask())} ${this.found ? (this.found.cameras.length ? this._form() : html`<p class="empty">${this.t("recordings.none")}</p>`) : nothing}
        <div role="status">${this._result ? this._stamp() : nothing}</div>
        <kg-stage ?hidden=${!this._result?.url} .desk=${this.desk} .words=${this.words} .times=${this.times} @kg-step=${({ detail }) => this._step(detail)} @kg-shows=${({ detail }) => this._shows(detail.us)}></kg-stage>
      </section>
    </div>`;
  }

  _form() {
    const { cameras, today } = this.found;
    return html`<form class="where" @submit=${this._submit}>
      <label class="field"
        >${this.t("camera")}
        <select name="camera" @change=${(event) => (this._camera = event.target.value)}>
          ${cameras.map((each) => html`<option value=${each.uid} ?selected=${each.uid === this._camera}>${each.name}</option>`)}
        </select></label
      >
      <label class="field">${this.t("recordings.date")}<input type="date" name="day" required max=${today} .value=${today} /></label>
      <label class="field">${this.t("recordings.time")}<input type="time" name="time" step="1" required value="10:00:00" /></label>
      <button class="main" ?disabled=${this.busy}>${this.t("challenge.play")}</button>
      <button type="button" ?disabled=${this.busy} @click=${this._random}>${this.t("challenge.random")}</button>
    </form>`;
  }

  async _submit(event) {
    event.preventDefault();
    const typed = new FormData(event.target);
    const found = await this.act(() => this.desk.ask("footage/moment", { local: `${typed.get("day")}T${typed.get("time")}` }));
    if (found) await this._try(String(typed.get("camera")), found.at_us[0]);
  }

  /** Any camera, any second between its first and its last. */
  async _random() {
    const cameras = this.found.cameras.filter(({ oldest_us: oldest, newest_us: newest }) => oldest && newest > oldest);
    const one = cameras[Math.floor(Math.random() * cameras.length)];
    if (!one) return;
    this._camera = one.uid;
    const at = one.oldest_us + Math.random() * (one.newest_us - one.oldest_us);
    const form = this.renderRoot.querySelector("form");
    form.elements.day.value = this.times.day(at);
    form.elements.time.value = this.times.field(at);
    await this._try(one.uid, Math.floor(at / 1e6) * 1e6);
  }

  async _try(camera, at) {
    this._began = performance.now();
    this._result = null;
    const found = await this.act(() => this.desk.ask("inspection/challenge", { camera, at_us: at }));
    if (!found) return;
    const one = this.found.cameras.find(({ uid }) => uid === camera);
    this._result = { ...found, name: one?.name ?? "", at_us: at, asked_us: Date.now() * 1000, seconds: null };
    await this.updateComplete;
    const stage = this.renderRoot.querySelector("kg-stage");
    this._stretch = { camera: one, at };
    if (found.url) {
      const stretch = { url: found.url, start_us: at, end_us: at + 600_000_000, exact: !one.elsewhere };
      await stage.show({ ...one, uid: `${camera} ${found.url}` }, at, true, stretch);
    } else stage.blank();
  }

  _shows() {
    if (this._result && this._result.seconds === null) {
      this._result = { ...this._result, seconds: (performance.now() - this._began) / 1000 };
    }
  }

  _step({ us, play }) {
    const stage = this.renderRoot.querySelector("kg-stage");
    const { camera, at } = this._stretch;
    const wanted = Math.min(at + 590_000_000, Math.max(at, stage.shown + us));
    const stretch = { url: this._result.url, start_us: at, end_us: at + 600_000_000, exact: !camera.elsewhere };
    stage.show({ ...camera, uid: `${camera.uid} ${this._result.url}` }, wanted, play, stretch);
  }

  _stamp() {
    const { played, name, at_us: at, asked_us: asked, ms, seconds, url } = this._result;
    const values = { name, at: this.times.full(at), asked: this.times.full(asked) };
    return html`<div class="stamp ${played ? "good" : "bad"}">
      <strong>${this.t(played ? "challenge.played" : "challenge.not_played", values)}</strong>
      <span>${this.t("challenge.stamped", values)}</span>
      ${played ? html`<span class="soft">${this.t("challenge.took", { ms: ms ?? 0 })}${seconds === null ? nothing : html` ${this.t("challenge.seen", { seconds: this.words.number(seconds, 1) })}`}</span>` : nothing}
      ${played && !url ? html`<span>${this.t("challenge.elsewhere")}</span>` : nothing}
    </div>`;
  }
}

customElements.define("kg-challenge", Challenge);
