// Thirty-one days of every camera at a glance; a tap opens the day.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import { Times, inOrder, shifted } from "./recordings_times.js";

const DAYS = 31;
/** Not more than a minute of a day is missing. */
const WHOLE = 60;
const MOST = 0.95;

class Heatmap extends Look {
  static properties = { _last: { state: true }, _cameras: { state: true }, _today: { state: true } };

  static styles = [
    Look.styles,
    css`
      .camera {
        display: grid;
        gap: 8px;
      }
      .days {
        display: grid;
        grid-template-columns: repeat(31, minmax(0, 1fr));
        gap: 2px;
      }
      .map {
        container-type: inline-size;
        display: grid;
        gap: 6px;
      }
      .line {
        display: grid;
        grid-template-columns: 112px minmax(0, 1fr) 56px;
        gap: 12px;
        align-items: center;
      }
      .line > :first-child {
        overflow-wrap: anywhere;
        font-weight: 500;
      }
      .share {
        text-align: end;
        font-variant-numeric: tabular-nums;
        color: var(--soft);
      }
      .numbers {
        color: var(--soft);
        font-size: 12px;
        text-align: center;
        font-variant-numeric: tabular-nums;
      }
      .days a {
        position: relative;
        display: grid;
        place-items: center;
        min-height: 30px;
        border-radius: 4px;
        font-size: 11px;
        line-height: 1;
        text-decoration: none;
        color: var(--ink);
        background: var(--is);
        border: 1px solid var(--rim, transparent);
        font-variant-numeric: tabular-nums;
      }
      .days a small {
        display: none;
      }
      .full {
        --is: color-mix(in srgb, var(--good) 62%, var(--card));
      }
      .most {
        --is: var(--amber);
      }
      .part {
        --is: color-mix(in srgb, var(--bad) 44%, var(--card));
      }
      .nothing {
        --is: color-mix(in srgb, var(--bad) 22%, var(--card));
        --rim: var(--bad);
      }
      .off {
        --is: repeating-linear-gradient(45deg, var(--line) 0 3px, transparent 3px 7px);
        --rim: var(--line);
      }
      .before {
        --is: transparent;
        --rim: var(--line);
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
        height: 14px;
        margin-inline-end: 6px;
        border-radius: 3px;
        vertical-align: -2px;
        background: var(--is);
        border: 1px solid var(--rim, transparent);
      }
      /* Days side by side are no smaller than a finger can hit. */
      @container (max-width: 979px) {
        .line {
          grid-template-columns: minmax(0, 1fr) auto;
          gap: 6px 12px;
          padding: 12px 0;
          border-top: 1px solid var(--line);
        }
        .line.numbered {
          display: none;
        }
        .line .days {
          grid-area: 2 / 1 / 3 / 3;
          grid-template-columns: repeat(16, minmax(0, 1fr));
        }
        .days a {
          min-height: 40px;
          font-size: 12px;
          gap: 2px;
          align-content: center;
        }
        .days a small {
          display: block;
          font-size: 11px;
        }
        .days a span:last-child:not(:empty)::after {
          content: "%";
        }
      }
      @container (max-width: 559px) {
        .line .days {
          grid-template-columns: repeat(7, minmax(0, 1fr));
        }
        .days a {
          min-height: 44px;
          font-size: 13px;
        }
      }
    `,
  ];

  constructor() {
    super();
    this._last = "";
    this._cameras = null;
    this._today = "";
  }

  willUpdate(changed) {
    if (!changed.has("words")) return;
    this.times = new Times(this.words.language, this.desk.hass.config.time_zone);
    this._begin();
  }

  async _begin() {
    await this.look(async () => {
      const { cameras, today } = await this.desk.ask("footage/cameras", { language: this.words.language });
      this._cameras = inOrder(cameras, this.words);
      this._today = today;
      this._last ||= today;
      return this._fetch();
    });
  }

  async _fetch() {
    if (!this._cameras.length) return { days: [], cameras: {} };
    const cameras = this._cameras.map(({ uid }) => uid);
    return this.desk.ask("footage/heat", { cameras, from_day: shifted(this._last, 1 - DAYS), days: DAYS });
  }

  _move(by) {
    const last = shifted(this._last, by);
    this._last = last > this._today ? this._today : last;
    return this.look(() => this._fetch());
  }

  render() {
    const found = this.found;
    return html`<div class="page">
      <div>
        <h1>${this.t("place.heatmap")}</h1>
        <p class="lead">${this.t("heat.lead")}</p>
      </div>
      <section class="card" aria-label=${this.t("place.heatmap")}>
        ${this.unsure(() => this._begin())}
        ${found === null
          ? nothing
          : found.days.length
            ? html`${this._period(found.days)}
                <div class="map">${this._numbers(found.days)}${this._cameras.map((each) => this._line(each, found))}</div>
                ${this._legend()}`
            : html`<p class="empty">${this.t("recordings.none")}</p>`}
      </section>
    </div>`;
  }

  _period(days) {
    return html`<div class="row">
      <button type="button" aria-label=${this.t("heat.before")} @click=${() => this._move(-DAYS)}>‹</button>
      <span>${this.words.day(days[0].day)} – ${this.words.day(days.at(-1).day)}</span>
      <button type="button" aria-label=${this.t("heat.after")} ?disabled=${this._last >= this._today} @click=${() => this._move(DAYS)}>›</button>
    </div>`;
  }

  _numbers(days) {
    return html`<div class="line numbered" aria-hidden="true">
      <span></span>
      <div class="days">${days.map(({ day }) => html`<span class="numbers">${Number(day.slice(8))}</span>`)}</div>
      <span class="share">${this.t("heat.all")}</span>
    </div>`;
  }

  _line(camera, { days, cameras }) {
    const cells = days.map((day, at) => judged(camera, day, cameras[camera.uid][at]));
    const wanted = cells.reduce((sum, each) => sum + each.wanted, 0);
    const recorded = cells.reduce((sum, each) => sum + Math.min(each.recorded, each.wanted), 0);
    return html`<div class="line" role="group" aria-label=${camera.name}>
      <span>${camera.name}</span>
      <div class="days">${cells.map((each, at) => this._cell(camera, days[at].day, each))}</div>
      <span class="share">${wanted ? percent(recorded / wanted, this.words) : "—"}</span>
    </div>`;
  }

  _cell(camera, day, { kind, share }) {
    const shown = { full: "", before: "", off: "", nothing: "0" }[kind] ?? String(Math.floor(share * 100));
    const said = this.t(`heat.is_${kind}`, { percent: percent(share, this.words) });
    const path = `recordings?camera=${camera.uid}&day=${day}`;
    const label = `${this.words.day(day)}: ${said}`;
    if (kind === "before") return html`<a class="before" role="img" aria-label=${label} title=${label}><small aria-hidden="true">${Number(day.slice(8))}</small></a>`;
    return html`<a class=${kind} href=${path} title=${label} @click=${(event) => this._open(event, path)}>
      <span class="unseen">${label}</span><small aria-hidden="true">${Number(day.slice(8))}</small><span aria-hidden="true">${shown}</span>
    </a>`;
  }

  _open(event, path) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(path);
  }

  _legend() {
    return html`<div class="legend">
      ${["full", "most", "part", "nothing", "off", "before"].map((kind) => html`<span class=${kind}>${this.t(`heat.legend_${kind}`)}</span>`)}
    </div>`;
  }
}

/** Rounded down: what is not whole does not look whole. @param {number} share @param {import("../words.js").Words} words */
const percent = (share, words) => `${words.number(Math.floor(share * 1000) / 10, 1)} %`;

/** How a day of a camera is. @param {any} camera @param {{start_us: number, end_us: number}} day @param {[number, number]} told seconds */
function judged(camera, day, [recorded, wanted]) {
  const none = { share: 0, wanted: 0, recorded: 0 };
  if (camera.oldest_us === null || day.end_us <= camera.oldest_us || day.start_us > Date.now() * 1000) return { kind: "before", ...none };
  if (wanted < 1) return { kind: "off", ...none };
  const share = Math.min(1, recorded / wanted);
  const kind = wanted - recorded <= WHOLE ? "full" : share >= MOST ? "most" : recorded >= 1 ? "part" : "nothing";
  return { kind, share, wanted, recorded };
}

customElements.define("kg-heatmap", Heatmap);
