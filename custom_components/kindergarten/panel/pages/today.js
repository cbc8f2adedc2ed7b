// Today: one verdict with its measurement, then what is wrong, worst first, each with the one button that mends it.

import { css, html, nothing } from "../lit.js";
import { icon } from "../icons.js";
import { cureOf } from "../parts/cure.js";
import { Look } from "../parts/look.js";
import { Poll } from "../parts/poll.js";
import { titleOf, whoOf } from "./today_words.js";

const EVERY_MS = 5000;
const SIGNS = { good: "good", young: "good", bad: "bad", unknown: "unknown" };
const LOOKS = { good: "good", young: "good", bad: "bad", unknown: "" };
const MOST = 6;

class Today extends Look {
  static styles = [
    Look.styles,
    css`
      .verdict {
        --dot: var(--edge);
        grid-template-columns: auto minmax(0, 1fr);
        gap: 6px 16px;
        border-inline-start: 6px solid var(--dot);
        padding: 24px;
      }
      .verdict.good {
        --dot: var(--good);
      }
      .verdict.bad {
        --dot: var(--bad);
      }
      .verdict > svg {
        width: 40px;
        height: 40px;
        padding: 8px;
        border-radius: 50%;
        grid-row: 1 / span 3;
        color: color-mix(in srgb, var(--dot) 60%, var(--ink));
        background: color-mix(in srgb, var(--dot) 20%, var(--card));
      }
      .verdict > :not(svg) {
        grid-column: 2;
      }
      .verdict h2 {
        font-size: 22px;
      }
      .verdict .measured {
        font-size: 16px;
      }
      .wrong {
        list-style: none;
        display: grid;
      }
      .wrong li {
        display: grid;
        grid-template-columns: 8px minmax(0, 1fr) auto;
        gap: 4px 14px;
        align-items: center;
        padding: 14px 0;
        border-top: 1px solid var(--line);
      }
      .wrong li:first-child {
        border: 0;
        padding-top: 0;
      }
      .wrong li:last-child {
        padding-bottom: 0;
      }
      .wrong li::before {
        content: "";
        align-self: stretch;
        border-radius: 4px;
        background: var(--dot);
      }
      .wrong h3 {
        font-size: 16px;
        font-weight: 500;
      }
      .three {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 230px), 1fr));
      }
      .facts {
        list-style: none;
        display: grid;
      }
      .facts li {
        padding: 8px 0;
        border-top: 1px solid var(--line);
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
        justify-content: space-between;
        overflow-wrap: anywhere;
      }
      .facts li:first-child {
        border: 0;
      }
      .facts + .row {
        align-self: end;
      }
      @media (max-width: 599px) {
        .verdict {
          padding: 16px;
          gap: 6px 12px;
        }
        .wrong li {
          grid-template-columns: 8px minmax(0, 1fr);
        }
        .wrong li > :last-child:not(div) {
          margin-top: 6px;
          grid-column: 2;
          justify-self: start;
        }
      }
    `,
  ];

  constructor() {
    super();
    this._poll = new Poll(this, () => this._refresh(), EVERY_MS);
  }

  willUpdate(changed) {
    if (changed.has("table")) this._refresh();
  }

  _refresh() {
    return this.look(() => this.desk.ask("today"));
  }

  render() {
    const today = this.found;
    return html`<div class="page">
      <div>
        <h1>${this.t("place.today")}</h1>
        <p class="lead">${this.words.day(this.words.today())}</p>
      </div>
      ${this.unsure(() => this._refresh())}
      ${today
        ? html`${this._verdict(today)} ${this._wrong(today)} ${this._unknown(today)}
            <div class="cards three">${this._viewers()} ${this._requests(today)} ${this._holds(today)}</div>`
        : nothing}
    </div>`;
  }

  _verdict({ verdict, wrong, silent }) {
    const { state, days, wanted, checked_us, cameras, recording } = verdict;
    const bad = wrong.filter((each) => each.bad).length || wrong.length;
    const measured = [
      days === null ? this.t("today.days_unknown") : this.t("today.days", { days: Math.min(days, wanted), wanted }),
      checked_us ? this.t("today.checked", { when: this._when(checked_us) }) : this.t("today.not_checked"),
      this._recording(cameras, recording),
    ];
    return html`<section class="card verdict ${LOOKS[state]}" aria-label=${this.t("today.verdict")}>
      ${icon(SIGNS[state])}
      <h2>${this.t(cameras || state === "bad" ? `today.${state}` : "today.empty", { count: bad })}</h2>
      <p class="measured">${silent ? this.t("today.silent") : this._sentence(measured)}</p>
      <p class="hint">${this._rule(verdict)}</p>
      ${cameras ? nothing : html`<div>${cureOf(this, "cameras", this.t("today.empty"), "main")}</div>`}
    </section>`;
  }

  _sentence(parts) {
    const text = parts.join(" · ");
    return text[0].toLocaleUpperCase(this.words.language) + text.slice(1);
  }

  _recording(cameras, recording) {
    return recording === null ? this.t("today.recording_unknown") : this.t("today.recording", { recording, cameras });
  }

  _rule({ profile, rule, wanted }) {
    const text = rule.text[this.words.language] ?? rule.text.en;
    const said = this.t("today.rule", { profile: this.desk.profile(profile), days: wanted, source: text, date: this.words.day(rule.date) });
    return html`${said} ${rule.confirmed ? nothing : this.t("today.rule_unconfirmed")}`;
  }

  _wrong({ wrong }) {
    if (!wrong.length) return nothing;
    return html`<section class="card">
      <h2>${this.t("today.wrong")}</h2>
      <ul class="wrong">
        ${wrong.map((each) => {
          const title = titleOf(this, each);
          const who = whoOf(each);
          return html`<li class=${each.bad ? "bad" : "warm"}>
            <div>
              <h3>${title}</h3>
              ${who ? html`<p>${who}</p>` : nothing}
              <p class="soft">${this._since(each)} ${this.t(`effect.${each.effect}`)}</p>
            </div>
            ${cureOf(this, each.cure, title)}
          </li>`;
        })}
      </ul>
    </section>`;
  }

  _since({ since_us: since }) {
    return since ? this.t("today.since", { when: this._when(since) }) : this.t("today.since_unknown");
  }

  _unknown({ unknown, verdict, silent }) {
    // The verdict says itself that thirty days cannot be there yet.
    const open = unknown.filter((id) => !(verdict.state === "young" && id === "retention_minimum"));
    if (!open.length || silent) return nothing;
    return html`<section class="card">
      <h2>${this.t("today.unknown_title")}</h2>
      <p class="soft">${this.t("today.unknown_lead")}</p>
      <ul class="reasons">
        ${open.map((id) => html`<li><span>${this.t(`rule.${id}`)}</span></li>`)}
      </ul>
    </section>`;
  }

  _viewers() {
    const watched = Object.entries(this.table.viewers);
    return html`<section class="card">
      <h2>${this.t("today.viewers")}</h2>
      ${watched.length
        ? html`<ul class="facts">
            ${watched.map(([id, count]) => html`<li><span>${this.room(id)}</span><span>${this.t("rooms.viewers", { count })}</span></li>`)}
          </ul>`
        : html`<p class="soft">${this.t("today.nobody")}</p>`}
    </section>`;
  }

  _requests({ requests }) {
    return html`<section class="card">
      <h2>${this.t("today.requests")}</h2>
      ${requests === null ? html`<p class="soft">${this.t("today.not_known")}</p>` : nothing}
      ${requests && !requests.length ? html`<p class="soft">${this.t("today.no_requests")}</p>` : nothing}
      ${requests?.length
        ? html`<ul class="facts">
              ${requests.map(
                (each) => html`<li>
                  <span>${this.t("requests.number", { number: each.number })} · ${this.room(each.room_id)}</span>
                  <span class="soft">${this.words.moment(each.from_us)} – ${this.words.time(each.to_us)}</span>
                </li>`,
              )}
            </ul>
            <div class="row"><button type="button" @click=${() => this.go("requests")}>${this.t("today.decide")}</button></div>`
        : nothing}
    </section>`;
  }

  _holds({ holds }) {
    return html`<section class="card">
      <h2>${this.t("today.holds")}</h2>
      ${holds === null ? html`<p class="soft">${this.t("today.not_known")}</p>` : nothing}
      ${holds && !holds.length ? html`<p class="soft">${this.t("today.no_holds")}</p>` : nothing}
      ${holds?.length
        ? html`<ul class="facts">
              ${holds.slice(0, MOST).map(
                (each) => html`<li>
                  <span>${each.cameras.join(", ") || this.t("today.camera_gone")}<br /><span class="soft">${this.words.moment(each.from_us)} – ${this._end(each)}</span></span>
                  <span class="soft">${this._until(each)}</span>
                </li>`,
              )}
            </ul>
            ${holds.length > MOST ? html`<p class="soft">${this.t("today.more", { count: holds.length - MOST })}</p>` : nothing}`
        : nothing}
    </section>`;
  }

  _end({ from_us, to_us }) {
    const same = this.words.moment(from_us).slice(0, -5) === this.words.moment(to_us).slice(0, -5);
    return same ? this.words.time(to_us) : this.words.moment(to_us);
  }

  _until({ until_us, state, not_before_us }) {
    if (state === "lift_asked") {
      return not_before_us ? this.t("today.lifts", { when: this.words.moment(not_before_us) }) : this.t("today.lift_asked");
    }
    return until_us ? this.t("today.until", { when: this.words.moment(until_us) }) : this.t("today.until_lifted");
  }

  /** A time of today, with its day when it is another one. @param {number} us */
  _when(us) {
    const day = this.words.moment(us).slice(0, -5);
    return this.words.moment(Date.now() * 1000).startsWith(day) ? this.words.time(us) : this.words.moment(us);
  }
}

customElements.define("kg-today", Today);
