// The door: opened for half an hour, a poster to scan, phones that wait with a code.

import { css, html, nothing, repeat } from "../lit.js";
import { Page } from "../parts/page.js";
import { Poll } from "../parts/poll.js";
import "../parts/qr.js";

class Door extends Page {
  static properties = { _poster: { state: true }, _pending: { state: true }, _left: { state: true } };

  static styles = [
    Page.styles,
    css`
      .open {
        display: grid;
        grid-template-columns: minmax(0, 264px) minmax(0, 1fr);
        gap: 24px;
        align-items: start;
      }
      .poster {
        display: grid;
        gap: 8px;
        overflow-wrap: anywhere;
      }
      .waiting {
        display: grid;
        gap: 12px;
        align-content: start;
      }
      .phone {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 12px 20px;
        align-items: center;
        padding: 16px;
        border: 2px solid var(--strong);
        border-radius: var(--round);
      }
      .phone form {
        grid-column: 1 / -1;
        display: grid;
        gap: 12px;
      }
      .code {
        font: 600 32px/1 var(--ha-font-family-code, ui-monospace, monospace);
        letter-spacing: 0.12em;
      }
      @media (max-width: 729px) {
        .open {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  constructor() {
    super();
    this._poster = "";
    this._pending = [];
    this._left = 0;
    new Poll(this, () => this._look());
  }

  willUpdate(changed) {
    if (changed.has("table")) this._look();
  }

  get _until() {
    return this.table.window_until_us ?? 0;
  }

  /** Ask who waits, as long as the door is open. */
  async _look() {
    this._left = Math.max(0, Math.ceil((this._until / 1000 - Date.now()) / 60_000));
    if (!this._left) {
      this._pending = [];
      return;
    }
    try {
      const { pending } = await this.desk.ask("ways/pairing/pending");
      this._pending = pending;
      if (!this._poster) {
        const { address } = await this.desk.ask("portal/get");
        this._poster = address ? `${address}#pair` : "";
      }
    } catch {
      // The next look comes soon.
    }
  }

  render() {
    const open = this._left > 0;
    return html`<section class="card" aria-label=${this.t("door.title")}>
      <div class="head">
        <div>
          <h2>${this.t("door.title")}</h2>
          <p class="lead">${this.t(open ? "door.open_lead" : "door.lead")}</p>
        </div>
        ${open
          ? html`<div class="row">
              <span class="chip good">${this.t("door.left", { minutes: this._left })}</span>
              <button type="button" ?disabled=${this.busy} @click=${() => this.tell("ways/pairing/close", {}, this.t("door.closed"))}>
                ${this.t("door.close")}
              </button>
            </div>`
          : html`<button type="button" class="main" ?disabled=${this.busy} @click=${this._open}>${this.t("door.open")}</button>`}
      </div>
      ${open ? this._inside() : nothing}
    </section>`;
  }

  _inside() {
    return html`<div class="open">
      <div class="poster">
        <kg-qr .desk=${this.desk} text=${this._poster} label=${this.t("door.qr")}></kg-qr>
        <p class="hint">${this._poster}</p>
      </div>
      <div class="waiting">
        <h3>${this.t("door.waiting")}</h3>
        <p class="unseen" role="status">${this.t("door.count", { count: this._pending.length })}</p>
        ${this._pending.length
          ? repeat(this._pending, ({ id }) => id, (phone) => this._phone(phone))
          : html`<p class="soft">${this.t("door.nobody")}</p>`}
      </div>
    </div>`;
  }

  _phone(phone) {
    const guardians = this.words.sorted(this.table.guardians).filter((each) => !each.blocked && each.valid && this.enrolled(each));
    return html`<section class="phone" aria-label=${this.t("door.phone", { code: phone.code })}>
      <span class="code">${phone.code}</span>
      <span class="soft">${phone.label}<br />${this.t("door.since", { when: this.words.time(phone.since_us) })}</span>
      <form @submit=${(event) => this._approve(event, phone.id)}>
        <label class="field"
          >${this.t("door.whose")}
          <select name="guardian" required>
            <option value="">${this.t("choose")}</option>
            ${guardians.map((each) => html`<option value=${each.id}>${each.name} — ${this.childrenOf(each)}</option>`)}
          </select></label
        >
        <div class="row">
          <button class="main" ?disabled=${this.busy}>${this.t("door.approve")}</button>
          <button type="button" ?disabled=${this.busy} @click=${() => this._refuse(phone.id)}>${this.t("door.refuse")}</button>
        </div>
      </form>
    </section>`;
  }

  async _open() {
    const opened = await this.act(() => this.desk.ask("ways/pairing/open"), this.t("door.opened"));
    if (opened) this._poster = opened.poster;
  }

  async _approve(event, id) {
    event.preventDefault();
    const guardian = String(new FormData(event.target).get("guardian"));
    await this.tell("ways/pairing/approve", { pairing_id: id, guardian_id: guardian }, this.t("door.approved", { name: this.guardian(guardian).name }));
    await this._look();
  }

  async _refuse(id) {
    await this.tell("ways/pairing/refuse", { pairing_id: id }, this.t("door.refused"));
    await this._look();
  }
}

customElements.define("kg-door", Door);
