// The first run's offer: nobody is told yet when a camera stops. Shown until alerts are made, or not wanted now.

import { css, html, nothing } from "../lit.js";
import { Page } from "./page.js";

class Offer extends Page {
  static properties = { place: {}, _open: { state: true } };

  static styles = [
    Page.styles,
    css`
      .note {
        margin-bottom: 20px;
      }
    `,
  ];

  constructor() {
    super();
    this._open = false;
  }

  updated(changed) {
    if (changed.has("place") && this.desk) this._look();
  }

  async _look() {
    try {
      const { alerts, later } = await this.desk.ask("alerts/get");
      this._open = !later && alerts.every(({ state }) => state === "none");
    } catch {
      // Nothing is offered while nobody answers.
    }
  }

  render() {
    if (!this._open || this.place === "alerts") return nothing;
    return html`<div class="note warm">
      <p>${this.t("offer.lead")}</p>
      <div class="row">
        <button type="button" class="main" @click=${() => this.go("alerts")}>${this.t("offer.go")}</button>
        <button type="button" class="plain" ?disabled=${this.busy} @click=${this._later}>${this.t("offer.later")}</button>
      </div>
    </div>`;
  }

  async _later() {
    if (await this.tell("alerts/later", {})) this._open = false;
  }
}

customElements.define("kg-offer", Offer);
