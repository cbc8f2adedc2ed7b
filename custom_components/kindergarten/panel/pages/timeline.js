// A day of a camera as a band: what was recorded, what was not, what is held; scrubbed by pointer, finger and keys.

import { LitElement, css, html, nothing, svg } from "../lit.js";
import { common } from "../style.js";
import { HOUR, SECOND } from "./recordings_times.js";

const MINUTE = 60 * SECOND;
const CLOSEST = 2 * MINUTE;
const TALL = 56;
/** A hole must be seen, however short it is. */
const LEAST_PX = 2;
const TICKS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR];
const KEYS = {
  ArrowLeft: -10 * SECOND, ArrowRight: 10 * SECOND, ArrowDown: -MINUTE, ArrowUp: MINUTE, PageDown: -HOUR, PageUp: HOUR,
};

class Timeline extends LitElement {
  static properties = {
    day: { attribute: false },
    at: { type: Number },
    from: { type: Number },
    to: { type: Number },
    words: { attribute: false },
    times: { attribute: false },
    _view: { state: true },
    _wide: { state: true },
  };

  static styles = [
    common,
    css`
      .tools {
        justify-content: space-between;
        margin-top: 8px;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 18px;
        color: var(--soft);
        font-size: 13px;
      }
      .legend span::before {
        content: "";
        display: inline-block;
        width: 14px;
        height: 10px;
        margin-inline-end: 6px;
        border-radius: 2px;
        background: var(--is);
      }
      .is-recorded {
        --is: color-mix(in srgb, var(--primary-color, #009ac7) 72%, var(--card));
      }
      .is-gap {
        --is: var(--bad);
      }
      .is-planned {
        --is: repeating-linear-gradient(45deg, var(--edge) 0 2px, transparent 2px 5px);
      }
      .is-held {
        --is: var(--warm);
      }
      .is-event {
        --is: var(--ink);
      }
      .band {
        position: relative;
        height: 92px;
        touch-action: pan-y;
        cursor: pointer;
        user-select: none;
        border-radius: 8px;
        outline-offset: 2px;
      }
      .band:focus-visible {
        outline: 3px solid var(--link);
      }
      svg {
        display: block;
        width: 100%;
        height: 100%;
        overflow: hidden;
        border-radius: 8px;
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
      .planned {
        fill: url(#off);
      }
      .off {
        stroke: color-mix(in srgb, var(--ink) 34%, var(--card));
        stroke-width: 2;
      }
      .held {
        fill: var(--warm);
      }
      .event {
        fill: var(--ink);
        stroke: var(--card);
      }
      .range {
        fill: color-mix(in srgb, var(--ink) 22%, transparent);
        stroke: var(--ink);
        stroke-dasharray: 4 3;
      }
      .tick {
        stroke: color-mix(in srgb, var(--ink) 26%, var(--card));
      }
      text {
        font: 12px var(--ha-font-family-body, Roboto, "Noto Sans", sans-serif);
        fill: var(--soft);
        font-variant-numeric: tabular-nums;
      }
      .head {
        stroke: var(--ink);
        stroke-width: 2;
      }
      .knob {
        fill: var(--ink);
      }
    `,
  ];

  constructor() {
    super();
    this._view = null;
    this._wide = 600;
    this._pointers = new Map();
  }

  connectedCallback() {
    super.connectedCallback();
    this._size = new ResizeObserver(([{ contentRect }]) => (this._wide = Math.max(200, Math.round(contentRect.width))));
    this._size.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this._size.disconnect();
  }

  willUpdate(changed) {
    const before = changed.get("day");
    if (changed.has("day") && before?.start_us !== this.day?.start_us) this._view = null;
    if (changed.has("at") && this._view && !this._pointers.size) this._follow();
  }

  /** The stretch that is shown, µs. @returns {[number, number]} */
  get view() {
    return this._view ?? [this.day.start_us, this.day.end_us];
  }

  get zoomed() {
    return this._view !== null;
  }

  /** Show more or less of the day around a moment. @param {number} by below 1 is closer @param {number} [around] µs */
  zoom(by, around = this.at || (this.view[0] + this.view[1]) / 2) {
    const [from, to] = this.view;
    const whole = this.day.end_us - this.day.start_us;
    const long = Math.min(whole, Math.max(CLOSEST, (to - from) * by));
    const centre = Math.min(to, Math.max(from, around));
    this._show(centre - ((centre - from) / (to - from)) * long, long);
  }

  /** Show the whole day. */
  whole() {
    this._view = null;
  }

  _show(from, long) {
    const { start_us: first, end_us: last } = this.day;
    const begin = Math.round(Math.min(last - long, Math.max(first, from)));
    this._view = long >= last - first ? null : [begin, Math.round(begin + long)];
  }

  _follow() {
    const [from, to] = this._view;
    if (this.at < from || this.at > to) this._show(this.at - (to - from) / 2, to - from);
  }

  _x(us) {
    const [from, to] = this.view;
    return ((us - from) / (to - from)) * this._wide;
  }

  _us(clientX) {
    const box = this.renderRoot.querySelector(".band").getBoundingClientRect();
    const [from, to] = this.view;
    const share = Math.min(1, Math.max(0, (clientX - box.left) / box.width));
    return Math.round(from + share * (to - from));
  }

  render() {
    if (!this.day) return nothing;
    const { start_us: first, end_us: last } = this.day;
    return html`<div
      class="band"
      role="slider"
      tabindex="0"
      aria-label=${this.words.t("recordings.band")}
      aria-valuemin="0"
      aria-valuemax=${Math.round((last - first) / SECOND)}
      aria-valuenow=${Math.round(((this.at || first) - first) / SECOND)}
      aria-valuetext=${this.times.clock(this.at || first)}
      @keydown=${this._key}
      @wheel=${this._wheel}
      @pointerdown=${this._down}
      @pointermove=${this._move}
      @pointerup=${this._up}
      @pointercancel=${this._up}
    >
      <svg viewBox=${`0 0 ${this._wide} 92`} preserveAspectRatio="none" aria-hidden="true">${this._drawn()}</svg>
      </div>
      ${this._tools()}`;
  }

  _tools() {
    const kinds = ["recorded", "gap", "planned", "held", ...(this.day.events.length ? ["event"] : [])];
    const button = (key, deed) => html`<button type="button" class="plain" @click=${deed}>${this.words.t(key)}</button>`;
    return html`<div class="row tools">
      <div class="legend">${kinds.map((kind) => html`<span class=${`is-${kind}`}>${this.words.t(`legend.${kind}`)}</span>`)}</div>
      <div class="row">
        ${button("recordings.closer", () => this.zoom(0.5))} ${button("recordings.wider", () => this.zoom(2))} ${button("recordings.whole", () => this.whole())}
      </div>
    </div>`;
  }

  _drawn() {
    const { recordings, gaps, holds, events } = this.day;
    const until = (gap) => gap.to_us ?? Math.min(this.day.now_us, this.day.end_us);
    const of = (planned) => gaps.filter((gap) => gap.planned === planned).map((gap) => [gap.from_us, until(gap)]);
    const held = holds.map((hold) => [hold.from_us, hold.to_us]);
    return svg`
      <defs>
        <pattern id="off" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="off" x1="0" y1="0" x2="0" y2="7"></line>
        </pattern>
      </defs>
      <rect class="ground" x="0" y="22" width=${this._wide} height=${TALL}></rect>
      <path class="planned" d=${this._bars(of(true), 22, TALL, 0)}></path>
      <path class="recorded" d=${this._bars(recordings, 22, TALL, 0)}></path>
      <path class="gap" d=${this._bars(of(false), 22, TALL, LEAST_PX)}></path>
      <path class="held" d=${this._bars(held, 82, 8, LEAST_PX)}></path>
      ${this._ticks()}
      ${events.map(({ t_us: us }) => svg`<path class="event" d=${`M${this._x(us)} 24l6 8-6 8-6-8z`}></path>`)}
      ${this._range()}${this._head()}`;
  }

  _bars(spans, top, tall, least) {
    const [from, to] = this.view;
    const bars = [];
    let end = -Infinity;
    for (const [begin, until] of spans) {
      if (until <= from || begin >= to) continue;
      const left = Math.max(0, this._x(begin));
      const right = Math.max(Math.min(this._wide, this._x(until)), left + least);
      if (left <= end && bars.length) bars.at(-1)[1] = Math.max(bars.at(-1)[1], right);
      else bars.push([left, right]);
      end = bars.at(-1)[1];
    }
    return bars.map(([left, right]) => `M${left.toFixed(2)} ${top}H${right.toFixed(2)}v${tall}H${left.toFixed(2)}z`).join("");
  }

  _ticks() {
    const [from, to] = this.view;
    const room = Math.max(2, Math.floor(this._wide / 64));
    const step = TICKS.find((each) => (to - from) / each <= room) ?? TICKS.at(-1);
    const ticks = [];
    // Counted from midnight: an hour that comes twice or not at all moves what follows, as it did on the wall.
    for (let us = this.day.start_us; us <= to; us += step) {
      if (us >= from) ticks.push(us);
    }
    return ticks.map((us) => {
      const x = this._x(us);
      const side = x < 20 ? "start" : x > this._wide - 20 ? "end" : "middle";
      return svg`<line class="tick" x1=${x} x2=${x} y1="18" y2="78"></line>
        <text x=${x} y="13" text-anchor=${side}>${this.times.field(us).slice(0, 5)}</text>`;
    });
  }

  _range() {
    if (!this.from) return nothing;
    const left = this._x(this.from);
    const right = this._x(this.to || this.at);
    return svg`<rect class="range" x=${Math.min(left, right)} y="20" width=${Math.max(1, Math.abs(right - left))} height="60"></rect>`;
  }

  _head() {
    const [from, to] = this.view;
    if (!this.at || this.at < from || this.at > to) return nothing;
    const x = this._x(this.at);
    return svg`<line class="head" x1=${x} x2=${x} y1="16" y2="92"></line><circle class="knob" cx=${x} cy="20" r="5"></circle>`;
  }

  _tell(us, final) {
    const at = Math.min(this.day.end_us - 1, Math.max(this.day.start_us, us));
    this.dispatchEvent(new CustomEvent("kg-seek", { detail: { at, final } }));
  }

  _key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.at || this.day.start_us;
    if (event.key in KEYS) this._tell(at + KEYS[event.key], true);
    else if (event.key === "Home") this._tell(this.day.start_us, true);
    else if (event.key === "End") this._tell(Math.min(this.day.end_us, this.day.horizon_us ?? Infinity) - SECOND, true);
    else if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(2);
    else if (event.key === "0") this.whole();
    else return;
    event.preventDefault();
  }

  _wheel(event) {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    this.zoom((event.deltaY || event.deltaX) > 0 ? 1.4 : 0.7, this._us(event.clientX));
  }

  _down(event) {
    if (event.button) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    this._pointers.set(event.pointerId, event.clientX);
    if (this._pointers.size === 1) this._tell(this._us(event.clientX), false);
  }

  _move(event) {
    if (!this._pointers.has(event.pointerId)) return;
    const apart = this._apart();
    this._pointers.set(event.pointerId, event.clientX);
    if (this._pointers.size === 1) this._tell(this._us(event.clientX), false);
    else if (apart) this.zoom(Math.min(2, Math.max(0.5, apart / (this._apart() || apart))), this._us(this._middle()));
  }

  _up(event) {
    if (!this._pointers.has(event.pointerId)) return;
    const alone = this._pointers.size === 1;
    this._pointers.delete(event.pointerId);
    if (alone && event.type === "pointerup") this._tell(this._us(event.clientX), true);
  }

  _apart() {
    const [one, other] = [...this._pointers.values()];
    return other === undefined ? 0 : Math.abs(one - other);
  }

  _middle() {
    const [one, other] = [...this._pointers.values()];
    return (one + other) / 2;
  }
}

customElements.define("kg-timeline", Timeline);
