// Going live: one address, one recipe, what should be right before, and a look from outside.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import "../parts/sheet.js";
import "./outside.js";
import "./recipe.js";

const LIGHTS = { green: "good", yellow: "warm", red: "bad" };

class GoLive extends Look {
  static properties = { _sure: { state: true } };

  static styles = [
    Look.styles,
    css`
      .steps {
        display: grid;
        gap: 20px;
        list-style: none;
      }
      .checks .chip {
        justify-self: start;
      }
      .checks {
        display: grid;
        list-style: none;
      }
      .checks li {
        display: grid;
        grid-template-columns: 104px minmax(0, 1fr);
        gap: 12px;
        padding: 10px 0;
        border-top: 1px solid var(--line);
        align-items: start;
      }
      .checks li:first-child {
        border: 0;
      }
      .address {
        overflow-wrap: anywhere;
      }
    `,
  ];

  constructor() {
    super();
    this._sure = false;
  }

  willUpdate(changed) {
    if (changed.has("table")) this._refresh();
  }

  _refresh() {
    return this.look(() => this.desk.ask("portal/get"));
  }

  render() {
    const portal = this.found;
    if (!portal) return html`<div class="page"><h1>${this.t("place.golive")}</h1>${this.unsure(() => this._refresh())}</div>`;
    return html`<div class="page">
      <div class="head">
        <div>
          <h1>${this.t("place.golive")}</h1>
          <p class="lead">${this.t("golive.lead")}</p>
        </div>
        <span class="chip ${portal.portal_enabled ? "good" : ""}">${this.t(portal.portal_enabled ? "golive.on" : "golive.off")}</span>
      </div>
      <ol class="steps">
        <li>
          <kg-recipe .desk=${this.desk} .words=${this.words} .table=${this.table} .portal=${portal} @kg-changed=${() => this._refresh()}></kg-recipe>
        </li>
        <li>${this._checks(portal)}</li>
        <li>${this._switch(portal)}</li>
        <li>
          <kg-outside .desk=${this.desk} .words=${this.words} .table=${this.table} .portal=${portal}></kg-outside>
        </li>
      </ol>
      ${this._sure ? this._confirm(portal) : nothing}
    </div>`;
  }

  _checks({ checks }) {
    return html`<section class="card">
      <h2>2. ${this.t("checks.title")}</h2>
      <ul class="checks">
        ${checks.map(
          ({ key, light, count }) => html`<li>
            <span class="chip ${LIGHTS[light]}">${this.t(`light.${light}`)}</span>
            <span>${this.t(`check.${key}.${light}`, { count })}</span>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  _switch(portal) {
    const on = portal.portal_enabled;
    return html`<section class="card">
      <div class="head">
        <div>
          <h2>3. ${this.t("switch.title")}</h2>
          <p class="lead">${this.t(on ? "switch.is_on" : "switch.is_off")}</p>
          ${portal.address ? html`<p class="address"><strong>${portal.address}</strong></p>` : nothing}
        </div>
        ${on
          ? html`<button type="button" class="stop" ?disabled=${this.busy} @click=${() => this._set({ portal_enabled: false }, "switch.turned_off")}>
              ${this.t("switch.off")}
            </button>`
          : html`<button type="button" class="main" ?disabled=${this.busy || !portal.portal_origin} @click=${() => (this._sure = true)}>
              ${this.t("switch.on")}
            </button>`}
      </div>
      ${!on && !portal.portal_origin ? html`<p class="hint">${this.t("switch.first")}</p>` : nothing}
    </section>`;
  }

  _confirm(portal) {
    const close = () => (this._sure = false);
    return html`<kg-sheet heading=${this.t("switch.on")} closing=${this.t("close")} @kg-close=${close}>
      <p>${this.t("switch.sure", { address: portal.address })}</p>
      <div class="row end">
        <button type="button" @click=${close}>${this.t("cancel")}</button>
        <button type="button" class="main" ?disabled=${this.busy} @click=${() => {
          close();
          this._set({ portal_enabled: true, confirm: true }, "switch.turned_on");
        }}>${this.t("switch.on")}</button>
      </div>
    </kg-sheet>`;
  }

  async _set(fields, done) {
    const told = await this.tell("portal/set", fields, this.t(done));
    if (told) await this._refresh();
    return told;
  }
}

customElements.define("kg-golive", GoLive);
