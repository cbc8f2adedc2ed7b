// The phones that are in: whose, since when, and ending them.

import { html, nothing } from "../lit.js";
import { Page } from "../parts/page.js";

class Phones extends Page {
  static properties = { _devices: { state: true }, _all: { state: true } };

  constructor() {
    super();
    this._devices = null;
    this._all = false;
  }

  willUpdate(changed) {
    if (changed.has("table")) this._refresh();
  }

  _refresh() {
    this.desk.ask("devices/list").then((devices) => (this._devices = devices), () => undefined);
  }

  render() {
    const devices = this._devices ?? [];
    const shown = devices.filter((each) => each.alive || this._all);
    return html`<div class="page">
      <div>
        <h1>${this.t("place.phones")}</h1>
        <p class="lead">${this.t("phones.lead")}</p>
      </div>
      ${devices.length
        ? html`<section class="card">
            <label class="tick"
              ><input type="checkbox" .checked=${this._all} @change=${(event) => (this._all = event.target.checked)} />${this.t("phones.all")}</label
            >
            ${shown.length ? this._table(shown) : html`<p class="soft">${this.t("phones.none_alive")}</p>`}
          </section>`
        : html`<div class="empty">
            <p>${this.t("phones.none")}</p>
            <button type="button" @click=${() => this.go("ways")}>${this.t("place.ways")}</button>
          </div>`}
    </div>`;
  }

  _table(shown) {
    return html`<div class="table">
      <table class="stack">
        <thead>
          <tr>
            ${["guardian", "phones.phone", "phones.since", "phones.seen", "phones.until"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
            <th scope="col"><span class="unseen">${this.t("actions")}</span></th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((each) => this._row(each))}
        </tbody>
      </table>
    </div>`;
  }

  _row(device) {
    const guardian = this.guardian(device.guardian_id);
    const name = guardian?.name ?? "";
    const end = device.revoked_us ? this.t("phones.revoked", { when: this.words.moment(device.revoked_us) }) : this.t("phones.ended");
    return html`<tr>
      <td>${name}<div class="hint">${guardian ? this.childrenOf(guardian) : nothing}</div></td>
      <td>${device.label}</td>
      <td>${this.words.moment(device.made_us)}</td>
      <td>${this.words.moment(device.seen_us)}</td>
      <td>${device.alive ? this.words.moment(device.until_us) : html`<span class="chip">${end}</span>`}</td>
      <td class="acts">
        ${device.alive
          ? html`<button type="button" class="stop" ?disabled=${this.busy} aria-label=${this.t("phones.revoke_of", { name, phone: device.label })}
              @click=${() => this._revoke(device.id)}
            >
              ${this.t("phones.revoke")}
            </button>`
          : nothing}
      </td>
    </tr>`;
  }

  async _revoke(id) {
    if (await this.tell("devices/revoke", { device_id: id }, this.t("phones.gone"))) this._refresh();
  }
}

customElements.define("kg-phones", Phones);
