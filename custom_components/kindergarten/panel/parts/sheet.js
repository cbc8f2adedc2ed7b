// A dialog: the browser's own, so that focus stays in it, Escape closes it, and the rest is out of reach.

import { LitElement, css, html } from "../lit.js";
import { icon } from "../icons.js";
import { common } from "../style.js";

/** What has the focus, however deep. @returns {HTMLElement | null} */
function focused() {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return /** @type {HTMLElement | null} */ (at);
}

/** The page's `main` around an element. @param {Node} inside @returns {HTMLElement | null} */
function around(inside) {
  for (let root = inside.getRootNode(); root instanceof ShadowRoot; root = root.host.getRootNode()) {
    const main = root.querySelector("main");
    if (main) return main;
  }
  return null;
}

class Sheet extends LitElement {
  static properties = { heading: {}, closing: {} };

  static styles = [
    common,
    css`
      dialog {
        width: min(640px, calc(100vw - 24px));
        max-height: min(88vh, 900px);
        padding: 0;
        border: 1px solid var(--line);
        border-radius: 16px;
        background: var(--card);
        color: inherit;
        overflow: auto;
        overscroll-behavior: contain;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 52%);
      }
      .top {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        gap: 12px;
        align-items: center;
        justify-content: space-between;
        padding: 12px 12px 12px 20px;
        background: var(--card);
        border-bottom: 1px solid var(--line);
      }
      .top h2 {
        outline: none;
      }
      .top button {
        width: 44px;
        min-height: 44px;
        padding: 0;
        flex: none;
      }
      .inside {
        padding: 20px;
        display: grid;
        gap: 16px;
      }
      @media (max-width: 599px) {
        dialog {
          width: 100vw;
          max-width: 100vw;
          height: 100dvh;
          max-height: 100dvh;
          margin: 0;
          border: 0;
          border-radius: 0;
        }
        .inside {
          padding: 16px;
        }
      }
    `,
  ];

  firstUpdated() {
    this._from = focused();
    this._main = around(this);
    this.renderRoot.querySelector("dialog").showModal();
    this.renderRoot.querySelector("h2").focus();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    // Taken away while it is open, a dialog leaves the focus nowhere.
    if (this._from?.isConnected) this._from.focus();
    else this._main?.focus({ preventScroll: true });
  }

  render() {
    return html`<dialog aria-labelledby="heading" @cancel=${this._cancel}>
      <div class="top">
        <h2 id="heading" tabindex="-1">${this.heading}</h2>
        <button type="button" class="plain" aria-label=${this.closing} @click=${this._close}>${icon("close")}</button>
      </div>
      <div class="inside"><slot></slot></div>
    </dialog>`;
  }

  _cancel(event) {
    event.preventDefault();
    this._close();
  }

  _close() {
    this.dispatchEvent(new CustomEvent("kg-close"));
  }
}

customElements.define("kg-sheet", Sheet);
