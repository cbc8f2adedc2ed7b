// A day in words: what is missing and why, what is kept, what changed in the picture.

import { LitElement, css, html, nothing } from "../lit.js";
import { common } from "../style.js";
import { length } from "./recordings_times.js";

const SHOWN = 60;
const BEFORE_US = 10_000_000;

class Gaps extends LitElement {
  static properties = {
    words: { attribute: false },
    times: { attribute: false },
    day: { attribute: false },
    causes: { attribute: false },
  };

  static styles = [
    common,
    css`
      .gaps {
        display: grid;
        list-style: none;
      }
      .gaps li {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
        align-items: center;
        border-top: 1px solid var(--line);
        padding: 4px 0;
      }
      .gaps li > span:first-of-type {
        font-variant-numeric: tabular-nums;
        min-width: 150px;
      }
      .gaps li > span:nth-of-type(2) {
        min-width: 84px;
      }
      .gaps .why {
        flex: 1 1 160px;
      }
    `,
  ];

  render() {
    const { gaps, holds, events, recordings } = this.day;
    const unplanned = gaps.filter((gap) => !gap.planned);
    const planned = gaps.filter((gap) => gap.planned);
    const none = !recordings.length;
    return html`<section class="card" aria-label=${this.t("gaps.title")}>
      <h2>${this.t("gaps.title")}</h2>
      ${none ? html`<p>${this.t("gaps.nothing_recorded")}</p>` : nothing}
      ${unplanned.length
        ? html`<ul class="gaps">
            ${unplanned.slice(0, SHOWN).map((gap) => this._gap(gap))}
          </ul>`
        : none
          ? nothing
          : html`<p><span class="chip good">${this.t("gaps.none")}</span></p>`}
      ${unplanned.length > SHOWN ? html`<p class="soft">${this.t("gaps.more", { count: unplanned.length - SHOWN })}</p>` : nothing}
      ${planned.length ? html`<p class="soft">${this.t("gaps.planned")} ${planned.map((gap) => this._span(gap)).join(", ")}</p>` : nothing}
      ${holds.map((hold) => html`<p class="note">${this._held(hold)}</p>`)}
      ${events.map((each) => html`<p class="soft">${this.times.clock(each.t_us)} · ${this.t(`sight.${each.kind}`)}</p>`)}
    </section>`;
  }

  _held({ from_us: from, to_us: to, reason }) {
    const why = reason === "incident" ? this.t("hold.incident") : reason ?? "";
    return this.t("gaps.hold", { when: this.times.between(from, to), reason: why });
  }

  _span({ from_us: from, to_us: to }) {
    return `${this.times.clock(from)}–${to ? this.times.clock(to) : this.t("gaps.lasts")}`;
  }

  _gap(gap) {
    const end = gap.to_us ?? this.day.now_us;
    const before = Math.max(this.day.start_us, gap.from_us - BEFORE_US);
    return html`<li>
      <span>${this._span(gap)}</span>
      <span>${length(end - gap.from_us, this.words)}</span>
      <span class="why">${this.causes[gap.cause] ?? this.causes.unknown}</span>
      <button type="button" class="plain" aria-label=${`${this.t("gaps.look")} ${this.times.clock(gap.from_us)}`} @click=${() => this._look(before)}>${this.t("gaps.look")}</button>
    </li>`;
  }

  _look(at) {
    this.dispatchEvent(new CustomEvent("kg-look", { detail: { at } }));
  }

  t(key, values) {
    return this.words.t(key, values);
  }
}

customElements.define("kg-gaps", Gaps);
