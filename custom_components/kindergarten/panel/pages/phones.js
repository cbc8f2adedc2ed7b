// The phones that are in: whose, since when, and ending them.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";

class Phones extends Look {
  static properties = { _all: { state: true }, _search: { state: true } };

  static styles = [
    Look.styles,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 24px;
        align-items: end;
        justify-content: space-between;
      }
      .bar .field {
        flex: 1 1 240px;
        max-width: 420px;
      }
    `,
  ];

  constructor() {
    super();
    this._all = false;
    this._search = "";
  }

  willUpdate(changed) {
    if (changed.has("table")) this._refresh();
  }

  _refresh() {
    return this.look(() => this.desk.ask("devices/list"));
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.phones")}</h1>
        <p class="lead">${this.t("phones.lead")}</p>
      </div>
      ${this.unsure(() => this._refresh())}${this.found ? this._list(this.found) : nothing}
    </div>`;
  }

  _list(devices) {
    if (!devices.length) {
      return html`<div class="empty">
        <p>${this.t("phones.none")}</p>
        <button type="button" @click=${() => this.go("ways")}>${this.t("place.ways")}</button>
      </div>`;
    }
    const search = this._search.trim().toLocaleLowerCase();
    const named = (each) => this.guardian(each.guardian_id)?.name ?? "";
    const shown = devices.filter((each) => (each.alive || this._all) && named(each).toLocaleLowerCase().includes(search));
    return html`<section class="card" aria-label=${this.t("place.phones")}>
      <div class="bar">
        <label class="field"
          >${this.t("phones.search")}
          <input type="search" autocomplete="off" .value=${this._search} @input=${(event) => (this._search = event.target.value)} />
        </label>
        <label class="tick"
          ><input type="checkbox" .checked=${this._all} @change=${(event) => (this._all = event.target.checked)} />${this.t("phones.all")}</label
        >
      </div>
      <p role="status" class="soft">${this.t("phones.count", { count: shown.length })}</p>
      ${shown.length ? this._table(shown) : nothing}
    </section>`;
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
      <td>${name}<div class="hint">
          ${guardian ? this.childrenOf(guardian) : nothing} ${guardian && !guardian.valid ? this.t("guardian.shut") : nothing}
        </div></td>
      <td>${device.label}</td>
      <td data-label=${this.t("phones.since")}>${this.words.moment(device.made_us)}</td>
      <td data-label=${this.t("phones.seen")}>${this.words.moment(device.seen_us)}</td>
      ${device.alive
        ? html`<td data-label=${this.t("phones.until")}>${this.words.moment(device.until_us)}</td>`
        : html`<td><span class="chip">${end}</span></td>`}
      <td class="acts">
        ${device.alive
          ? html`<button type="button" class="stop plain" ?disabled=${this.busy} aria-label=${this.t("phones.revoke_of", { name, phone: device.label })}
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
