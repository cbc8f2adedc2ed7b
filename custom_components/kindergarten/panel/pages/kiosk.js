// The inspector's screen: nothing but the pages of the inspection, over everything else, until its time is up.

import { LitElement, css, html, nothing } from "../lit.js";
import { common } from "../style.js";
import "./inspection.js";
import "./inspection_challenge.js";
import "./inspection_log.js";
import { begun, forget, going } from "./kiosk_session.js";

const PAGES = ["inspection", "challenge", "evidence"];
const LOOK_MS = 1000;
const ASK_MS = 15_000;

class Kiosk extends LitElement {
  static properties = {
    desk: { attribute: false },
    words: { attribute: false },
    table: { attribute: false },
    _session: { state: true },
    _page: { state: true },
    _left: { state: true },
    _said: { state: true },
    _leaving: { state: true },
    _waiting: { state: true },
  };

  static styles = [
    common,
    css`
      dialog {
        position: fixed;
        inset: 0;
        width: 100vw;
        height: 100dvh;
        max-width: none;
        max-height: none;
        margin: 0;
        padding: 0;
        border: 0;
        overflow: auto;
        background: var(--primary-background-color, #fafafa);
        color: var(--ink);
      }
      header {
        position: sticky;
        top: 0;
        z-index: 2;
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
        align-items: center;
        padding: 8px 20px;
        background: var(--strong);
        color: #fff;
      }
      header strong {
        font-size: 18px;
        flex: 1 1 auto;
      }
      header span {
        font-variant-numeric: tabular-nums;
      }
      header button {
        background: transparent;
        color: #fff;
        border-color: #fff;
      }
      header button:hover:not(:disabled),
      header button[aria-pressed="true"] {
        background: #fff;
        color: var(--strong);
      }
      header button:focus-visible {
        outline-color: #fff;
      }
      main {
        max-width: 1080px;
        margin: 0 auto;
        padding: 20px 20px 80px;
        display: grid;
        gap: 16px;
      }
      @media (max-width: 599px) {
        header {
          padding: 8px 12px;
        }
        /* The pages below in a row of their own; time and end stay beside the title. */
        header strong {
          flex-basis: calc(100% - 190px);
        }
        header span {
          order: 1;
        }
        header button {
          order: 2;
        }
        header button[aria-pressed] {
          order: 3;
          flex: 1 0 auto;
          padding-inline: 10px;
        }
        main {
          padding: 16px 12px 80px;
        }
      }
    `,
  ];

  constructor() {
    super();
    this._session = null;
    this._page = PAGES[0];
    this._left = 0;
    this._said = null;
    this._leaving = false;
    this._waiting = begun();
    this._begin = (event) => this._open(event.detail);
    this.addEventListener("kg-say", (event) => {
      if (!this._session) return;
      // Outside of the dialog nothing can be seen or heard.
      event.stopPropagation();
      this._said = event.detail;
    });
    this.addEventListener("kg-go", (event) => this._session && event.stopPropagation());
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener("kg-inspection", this._begin);
    this._timer = setInterval(() => this._count(), LOOK_MS);
    this._asking = setInterval(() => this._look(), ASK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener("kg-inspection", this._begin);
    clearInterval(this._timer);
    clearInterval(this._asking);
  }

  updated() {
    const shown = Boolean(this._session || this._waiting);
    // What is below is not there at all, for whoever reads the screen another way too.
    if (shown !== this._told) this.dispatchEvent(new CustomEvent("kg-inspected", { detail: shown, bubbles: true, composed: true }));
    this._told = shown;
    const dialog = this.renderRoot.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  firstUpdated() {
    this._look();
  }

  /** Whether it goes on is Home Assistant's to say; while it cannot be asked, the clock here decides. */
  async _look() {
    if (!begun()) return;
    try {
      const session = await going(this.desk);
      if (!session) this._leave();
      else if (!this._session) this._open(session);
    } catch {
      // Asked again.
    }
  }

  _open(session) {
    this._session = session;
    this._waiting = false;
    this._page = PAGES[0];
    this._count();
  }

  _count() {
    if (!this._session) return;
    this._left = Math.max(0, Math.ceil((this._session.until_us / 1000 - Date.now()) / 1000));
    if (!this._left) this._leave();
  }

  async _end() {
    try {
      await this.desk.ask("inspection/end");
    } catch {
      // It ends by itself.
    }
    this._leave();
  }

  /** Leave for Home Assistant's own start page, so that nobody is left in the panel. */
  _leave() {
    forget();
    location.assign("/");
  }

  render() {
    if (!this.words || (!this._session && !this._waiting)) return nothing;
    // Loaded anew in the middle: what is below is not shown meanwhile.
    if (!this._session) return html`<dialog aria-label=${this.t("kiosk.title")} @cancel=${(event) => event.preventDefault()}><main><p>${this.t("wait")}</p></main></dialog>`;
    const clock = `${Math.floor(this._left / 60)}:${String(this._left % 60).padStart(2, "0")}`;
    return html`<dialog aria-label=${this.t("kiosk.title")} @cancel=${(event) => event.preventDefault()} @close=${(event) => this._session && event.target.showModal()}>
      <header>
        <strong>${this.t("kiosk.title")}</strong>
        ${PAGES.map((each) => html`<button type="button" aria-pressed=${each === this._page} @click=${() => this._show(each)}>${this.t(`kiosk.${each}`)}</button>`)}
        <span role="timer" aria-label=${this.t("kiosk.left", { clock })}>${clock}</span>
        <button type="button" @click=${() => (this._leaving = true)}>${this.t("kiosk.end")}</button>
      </header>
      <main lang=${this.words.language}>
        ${this._leaving
          ? html`<div class="note warm" role="alert">
              <p>${this.t("kiosk.sure")}</p>
              <div class="row">
                <button type="button" class="main" @click=${() => this._end()}>${this.t("kiosk.end_now")}</button>
                <button type="button" @click=${() => (this._leaving = false)}>${this.t("kiosk.stay")}</button>
              </div>
            </div>`
          : nothing}
        ${this._said ? html`<div class="note ${this._said.kind}" role="alert"><p>${this._said.text}</p></div>` : nothing} ${this._shown()}
      </main>
    </dialog>`;
  }

  _show(page) {
    this._page = page;
    this._said = null;
  }

  _shown() {
    const given = { desk: this.desk, words: this.words, table: this.table };
    if (this._page === "challenge") return html`<kg-challenge kiosk .desk=${given.desk} .words=${given.words} .table=${given.table}></kg-challenge>`;
    if (this._page === "evidence") return html`<kg-evidence kiosk .desk=${given.desk} .words=${given.words} .table=${given.table}></kg-evidence>`;
    return html`<kg-inspection kiosk .desk=${given.desk} .words=${given.words} .table=${given.table}></kg-inspection>`;
  }

  t(key, values) {
    return this.words.t(key, values);
  }
}

customElements.define("kg-kiosk", Kiosk);
