// What one guardian's phone would say at this moment, by the portal's own decision.

import { html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";

class Preview extends Look {
  static properties = { _guardian: { state: true } };

  constructor() {
    super();
    this._guardian = "";
  }

  willUpdate(changed) {
    if (changed.has("_guardian")) this.found = null;
    if (this._guardian && (changed.has("table") || changed.has("_guardian"))) this._refresh();
  }

  _refresh() {
    return this.look(() => this.desk.ask("preview", { guardian_id: this._guardian }));
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.preview")}</h1>
        <p class="lead">${this.t("preview.lead")}</p>
      </div>
      <section class="card">
        <label class="field"
          >${this.t("guardian")}
          <select @change=${(event) => (this._guardian = event.target.value)}>
            <option value="">${this.t("choose")}</option>
            ${this.words.sorted(this.table.guardians).map(
              (each) => html`<option value=${each.id} ?selected=${each.id === this._guardian}>${each.name} — ${this.childrenOf(each)}</option>`,
            )}
          </select></label
        >
        ${this._guardian ? this.unsure(() => this._refresh()) : nothing}
        <div role="status">${this._guardian && this.found ? this._rooms(this.found) : nothing}</div>
      </section>
    </div>`;
  }

  _rooms({ name, rooms }) {
    if (!rooms.length) return html`<p class="note warm">${this.t("preview.nothing", { name })}</p>`;
    return html`<div class="cards">
      ${rooms.map(
        (room) => html`<section class="card" aria-label=${room.name}>
          <div>
            <h2>${room.name}</h2>
            <p class="soft">${room.child}</p>
          </div>
          <p><span class="chip ${room.open ? "good" : "warm"}">${this.t(room.open ? "preview.open" : "preview.closed")}</span></p>
          <p>${this.t(room.open ? `preview.${room.mode}` : `reason.${room.reason}`)}</p>
          ${room.open && room.closes_at_us ? html`<p class="soft">${this.t("preview.closes", { when: this.words.moment(room.closes_at_us) })}</p>` : nothing}
          ${!room.open && room.opens_at_us ? html`<p class="soft">${this.t("preview.opens", { when: this.words.moment(room.opens_at_us) })}</p>` : nothing}
        </section>`,
      )}
    </div>`;
  }
}

customElements.define("kg-preview", Preview);
