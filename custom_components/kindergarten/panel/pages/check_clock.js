// The clock of the machine that records, beside what a camera sees now: the owner says whether it is the same time.

import { css, html, nothing } from "../lit.js";
import { Page } from "../parts/page.js";

const FAR_MS = 5000;

class CheckClock extends Page {
  static properties = { found: { attribute: false }, _now: { state: true } };

  static styles = [
    Page.styles,
    css`
      .beside {
        display: flex;
        flex-wrap: wrap;
        gap: 12px 20px;
        align-items: center;
      }
      kg-still {
        width: min(100%, 280px);
        border-radius: 8px;
      }
      .time {
        font-size: 34px;
        line-height: 1.2;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  connectedCallback() {
    super.connectedCallback();
    this._timer = setInterval(() => (this._now = Date.now()), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this._timer);
  }

  render() {
    const { now_us, at, camera } = this.found;
    // As the machine said it when it was asked, and as much later as it is now.
    const ahead = now_us / 1000 - at;
    return html`<div class="beside">
      ${camera
        ? html`<kg-still .desk=${this.desk} camera=${camera.uid} fresh label=${this.t("cameras.picture", { name: camera.name })} none=${this.t("cameras.no_picture")}></kg-still>`
        : nothing}
      <div>
        <p class="hint">${this.t("setup.clock_here")}</p>
        <p class="time" role="timer">${this.words.clock(Date.now() + ahead)}</p>
        ${Math.abs(ahead) > FAR_MS ? html`<p class="chip warm">${this.t("setup.clock_differs", { seconds: this.words.number(Math.abs(ahead) / 1000) })}</p>` : nothing}
      </div>
    </div>`;
  }
}

customElements.define("kg-check-clock", CheckClock);
