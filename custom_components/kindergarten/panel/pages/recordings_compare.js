// The same day on all cameras, one band below the other.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";

const WIDE = 1000;
/** A gap must be seen, however short it is. */
const LEAST = 1.5;

class Compare extends Look {
  static properties = {
    cameras: { attribute: false },
    camera: {},
    day: {},
    at: { type: Number },
    _open: { state: true },
  };

  static styles = [
    Look.styles,
    css`
      .rows {
        display: grid;
        gap: 4px;
      }
      .rows button {
        display: grid;
        grid-template-columns: 120px 1fr;
        gap: 12px;
        align-items: center;
        text-align: start;
        border: 0;
        border-radius: 8px;
        padding: 6px 8px;
        min-height: 44px;
        color: inherit;
        background: none;
      }
      .rows button[aria-pressed="true"] {
        background: var(--tint);
      }
      svg {
        width: 100%;
        height: 20px;
        border-radius: 4px;
      }
      .ground {
        fill: color-mix(in srgb, var(--ink) 7%, var(--card));
      }
      .recorded {
        fill: color-mix(in srgb, var(--primary-color, #009ac7) 72%, var(--card));
      }
      .gap {
        fill: var(--bad);
      }
      .now {
        fill: var(--ink);
      }
      @media (max-width: 719px) {
        .rows button {
          grid-template-columns: 92px 1fr;
        }
      }
    `,
  ];

  constructor() {
    super();
    this._open = false;
  }

  willUpdate(changed) {
    if (this._open && (changed.has("day") || changed.has("_open"))) this._ask();
  }

  _ask() {
    const day = this.day;
    return this.look(() => Promise.all(this.cameras.map(({ uid }) => this.desk.ask("footage/day", { camera: uid, day }))));
  }

  render() {
    return html`<section class="card" aria-label=${this.t("compare.title")}>
      <div class="head">
        <div>
          <h2>${this.t("compare.title")}</h2>
          <p class="soft">${this.t("compare.lead")}</p>
        </div>
        ${this._open ? nothing : html`<button type="button" @click=${() => (this._open = true)}>${this.t("compare.show")}</button>`}
      </div>
      ${this._open ? html`${this.unsure(() => this._ask())}${this.found ? this._rows() : nothing}` : nothing}
    </section>`;
  }

  _rows() {
    return html`<div class="rows">
      ${this.found.map((told) => {
        const name = this.cameras.find(({ uid }) => uid === told.camera)?.name ?? "";
        const gaps = told.gaps.filter((gap) => !gap.planned);
        return html`<button type="button" aria-pressed=${told.camera === this.camera} @click=${() => this._choose(told.camera)}>
          <span>${name}<span class="unseen">${this.t("compare.holes", { count: gaps.length })}</span></span>${this._band(told, gaps)}
        </button>`;
      })}
    </div>`;
  }

  _band(told, gaps) {
    const x = (us) => ((us - told.start_us) / (told.end_us - told.start_us)) * WIDE;
    const bars = (spans) => spans.map(([from, to]) => `M${x(from).toFixed(1)} 0H${Math.max(x(to), x(from) + LEAST).toFixed(1)}v20H${x(from).toFixed(1)}z`).join("");
    const holes = gaps.map((gap) => [gap.from_us, gap.to_us ?? Math.min(told.now_us, told.end_us)]);
    return html`<svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
      <rect class="ground" width="1000" height="20"></rect>
      <path class="recorded" d=${bars(told.recordings)}></path>
      <path class="gap" d=${bars(holes)}></path>
      <rect class="now" x=${x(this.at)} width="2" height="20"></rect>
    </svg>`;
  }

  _choose(uid) {
    this.dispatchEvent(new CustomEvent("kg-choose", { detail: { uid } }));
  }
}

customElements.define("kg-compare", Compare);
