// What one guardian's phone would say at this moment, by the portal's own decision.

import { html, nothing } from "../lit.js";
import { Page } from "../parts/page.js";

class Preview extends Page {
  static properties = { _guardian: { state: true }, _seen: { state: true } };

  constructor() {
    super();
    this._guardian = "";
    this._seen = null;
  }

  willUpdate(changed) {
    if (changed.has("table") || changed.has("_guardian")) this._look();
  }

  async _look() {
    const id = this._guardian;
    if (!id) {
      this._seen = null;
      return;
    }
    try {
      const seen = await this.desk.ask("preview", { guardian_id: id });
      if (id === this._guardian) this._seen = seen;
    } catch (refusal) {
      this._seen = null;
      this.say(this.desk.why(refusal, this.words), "bad");
    }
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
        <div role="status">${this._seen ? this._rooms(this._seen) : nothing}</div>
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
