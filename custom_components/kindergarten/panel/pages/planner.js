// The budget planner: what disk so many cameras need, or what would fit the disk at hand. Works before a purchase too.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";

/** Less shows no faces, and is no way out that anybody should take. */
const LEAST_BPS = 500_000;
const LEAST_HOURS = 8;
const MOST = { more: 200, hours: 24, days: 400 };

class Planner extends Look {
  static properties = { _begin: { state: true }, _form: { state: true } };

  static styles = [
    Look.styles,
    css`
      .split {
        display: grid;
        gap: 16px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        align-items: start;
      }
      .large {
        font-size: 28px;
        line-height: 1.25;
        font-weight: 500;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
      }
      legend {
        padding: 0 0 10px;
      }
      dl {
        display: grid;
        gap: 0;
      }
      dl div {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 2px 16px;
        padding: 8px 0;
        border-top: 1px solid var(--line);
      }
      dl div:first-child {
        border: 0;
      }
      dt {
        color: var(--soft);
      }
    `,
  ];

  constructor() {
    super();
    this._begin = null;
    this._form = null;
  }

  willUpdate(changed) {
    if (changed.has("desk") && this.desk && !this._begin) this._start();
  }

  async _start() {
    await this.look(async () => {
      const begin = await this.desk.ask("planner");
      const measured = begin.measured !== null;
      this._begin = begin;
      this._form = {
        measured,
        more: measured ? 0 : begin.cameras || 8,
        kind: "fullhd_h264",
        bps: null,
        sub: false,
        hours: 24,
        days: begin.minimum + begin.margin,
        disk: begin.disk_bytes ? "here" : null,
      };
      return this.desk.ask("planner/plan", this._form);
    });
  }

  _set(changes) {
    this._form = { ...this._form, ...changes };
    return this.look(() => this.desk.ask("planner/plan", this._form));
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.planner")}</h1>
        <p class="lead">${this.t("plan.lead")}</p>
      </div>
      ${this.unsure(() => (this._begin ? this._set({}) : this._start()))}
      ${this._begin && this._form ? html`<div class="split">${this._fields(this._begin, this._form)} ${this.found ? this._answer(this.found) : nothing}</div>` : nothing}
    </div>`;
  }

  _fields(begin, form) {
    return html`<section class="card">
      <fieldset>
        <legend><h2>${this.t("plan.cameras")}</h2></legend>
        <div class="fields">
          ${begin.measured
            ? html`<label class="tick"
                ><input type="checkbox" .checked=${form.measured} @change=${(event) => this._set({ measured: event.target.checked })} /><span
                  >${this.t("plan.measured", { count: begin.measured.cameras, size: this.words.size(begin.measured.bytes_day) })}</span
                ></label
              >`
            : html`<p class="hint">${this.t("plan.not_measured")}</p>`}
          <div class="pair">
            ${this._number("more", form.measured ? "plan.more" : "plan.count", 0)} ${this._number("hours", "plan.hours", 1)}
          </div>
          <label class="field"
            >${this.t("plan.kind")}<select @change=${(event) => this._set({ kind: event.target.value })}>
              ${begin.typical.map(
                ({ key, bps }) => html`<option value=${key} ?selected=${key === form.kind}>
                  ${this.t(`plan.kind_${key}`)} · ${this.t("cameras.mbit", { mbit: this.words.number(bps / 1e6, 1) })}
                </option>`,
              )}
            </select>
            <small>${this.t("plan.typical")}</small></label
          >
          <label class="tick"
            ><input type="checkbox" .checked=${form.sub} @change=${(event) => this._set({ sub: event.target.checked })} /><span>${this.t("plan.sub")}</span></label
          >
        </div>
      </fieldset>
      <fieldset>
        <legend><h2>${this.t("plan.keep")}</h2></legend>
        <div class="pair">
          ${this._number("days", "plan.days", 1, this.t("plan.days_hint", { minimum: begin.minimum, margin: begin.margin }))}
          <label class="field"
            >${this.t("plan.disk")}<select @change=${(event) => this._disk(event.target.value)}>
              <option value="" ?selected=${form.disk === null}>${this.t("plan.disk_none")}</option>
              ${begin.disk_bytes
                ? html`<option value="here" ?selected=${form.disk === "here"}>${this.t("plan.disk_here", { size: this.words.size(begin.disk_bytes) })}</option>`
                : nothing}
              ${begin.sold.map((size) => html`<option value=${size} ?selected=${form.disk === size}>${this.words.size(size)}</option>`)}
            </select></label
          >
        </div>
      </fieldset>
    </section>`;
  }

  _number(name, label, least, hint = "") {
    return html`<label class="field"
      >${this.t(label)}<input
        type="number"
        inputmode="numeric"
        min=${least}
        max=${MOST[name]}
        .value=${String(this._form[name])}
        @change=${(event) => this._typed(name, event.target, least)}
      />${hint ? html`<small>${hint}</small>` : nothing}</label
    >`;
  }

  _typed(name, field, least) {
    const value = Math.min(MOST[name], Math.max(least, Math.round(field.valueAsNumber) || least));
    field.value = String(value);
    this._set({ [name]: value });
  }

  _disk(value) {
    this._set({ disk: value === "" || value === "here" ? value || null : Number(value) });
  }

  _answer(plan) {
    const size = (bytes) => this.words.size(bytes);
    return html`<section class="card" aria-live="polite">
      ${plan.bytes_day ? this._needed(plan) : html`<p>${this.t("plan.nothing")}</p>`}
      ${plan.bytes_day
        ? html`<dl>
            <div><dt>${this.t("plan.a_day")}</dt><dd>${size(plan.bytes_day)}</dd></div>
            <div><dt>${this.t("plan.in_days", { days: this._form.days })}</dt><dd>${size(plan.bytes_day * this._form.days)}</dd></div>
            <div><dt>${this.t("plan.with_reserve")}</dt><dd>${size(plan.needed_bytes)}</dd></div>
            ${plan.disk_bytes ? html`<div><dt>${this.t("plan.disk_usable")}</dt><dd>${size(plan.disk_bytes)}</dd></div>` : nothing}
          </dl>`
        : nothing}
    </section>`;
  }

  _needed(plan) {
    const buy = this.t(plan.disks > 1 ? "plan.buy_many" : "plan.buy", { size: this.words.size(plan.sold_bytes), disks: plan.disks });
    if (plan.enough === null) {
      return html`<h2>${this.t("plan.result")}</h2>
        <p class="large">${buy}</p>`;
    }
    const days = this.words.number(plan.holds_days, plan.holds_days < 10 ? 1 : 0);
    return html`<div class="head">
        <h2>${this.t("plan.result_disk")}</h2>
        <span class="chip ${plan.enough ? "good" : "bad"}">${this.t(plan.enough ? "plan.enough" : "plan.short")}</span>
      </div>
      <p class="large">${this.t("plan.holds", { days, count: Math.round(plan.holds_days) })}</p>
      ${plan.enough ? nothing : this._ways(plan, buy)}`;
  }

  _ways({ ways }, buy) {
    const { bps, sub_days, hours } = ways;
    return html`<p>${this.t(bps >= LEAST_BPS || sub_days || hours >= LEAST_HOURS ? "plan.ways" : "plan.only_disk")}</p>
      <ul class="reasons">
        <li><span>${buy}</span></li>
        ${bps >= LEAST_BPS ? html`<li><span>${this.t("plan.way_bps", { mbit: this.words.number(bps / 1e6, 1) })}</span></li>` : nothing}
        ${sub_days ? html`<li><span>${this.t("plan.way_sub", { days: sub_days })}</span></li>` : nothing}
        ${hours >= LEAST_HOURS ? html`<li><span>${this.t("plan.way_hours", { hours })}</span></li>` : nothing}
      </ul>
      ${bps >= LEAST_BPS || hours >= LEAST_HOURS ? html`<p class="hint">${this.t("plan.ways_hint")}</p>` : nothing}`;
  }
}

customElements.define("kg-planner", Planner);
