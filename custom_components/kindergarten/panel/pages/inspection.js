// How the kindergarten stands by the rules: what an inspector asks first.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import { begin } from "./kiosk_session.js";
import { Times, shifted } from "./recordings_times.js";

export const LIGHTS = { met: "good", not_met: "bad", not_measurable: "warm", not_applicable: "" };
const MINUTES = [10, 20, 30, 60];
const SOON_DAYS = 30;
const AHEAD = 4;

class Inspection extends Look {
  static properties = { kiosk: { type: Boolean }, _beginning: { state: true } };

  static styles = [
    Look.styles,
    css`
      .verdict {
        border-inline-start: 8px solid var(--dot);
      }
      .verdict h2 {
        font-size: 22px;
      }
      .rooms {
        display: grid;
        gap: 12px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
      }
      .room {
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 12px 14px;
        display: grid;
        gap: 8px;
        align-content: start;
      }
      .seen {
        display: grid;
        gap: 2px;
        border-top: 1px solid var(--line);
        padding-top: 8px;
      }
      .meter {
        height: 6px;
        border-radius: 3px;
        background: color-mix(in srgb, var(--ink) 12%, var(--card));
        overflow: hidden;
      }
      .meter i {
        display: block;
        height: 100%;
        background: var(--dot);
      }
      .dates {
        display: grid;
        gap: 8px 20px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 190px), 1fr));
        list-style: none;
      }
      .dates li {
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 10px 14px;
        display: grid;
      }
      td.of {
        white-space: nowrap;
      }
      td small {
        color: var(--soft);
        display: block;
        font-weight: 400;
        font-size: 13px;
        max-width: 72ch;
      }
      @media (max-width: 599px) {
        td.of {
          white-space: normal;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.kiosk = false;
    this._beginning = false;
  }

  willUpdate(changed) {
    if (!changed.has("words")) return;
    this.times = new Times(this.words.language, this.desk.hass.config.time_zone);
    this._ask();
  }

  _ask() {
    return this.look(() => this.desk.ask("inspection/get", { language: this.words.language }));
  }

  render() {
    return html`<div class="page">
      <div class="head">
        <div>
          <h1>${this.t("place.inspection")}</h1>
          <p class="lead">${this.t("inspection.lead")}</p>
        </div>
        ${this.kiosk ? nothing : html`<button type="button" class="main" @click=${() => (this._beginning = true)}>${this.t("kiosk.begin")}</button>`}
      </div>
      ${this.unsure(() => this._ask())}
      ${this.found ? (this.found.known ? this._shown() : html`<p class="note bad">${this.t("inspection.unknown")}</p>`) : nothing}
      ${this._beginning ? this._sheet() : nothing}
    </div>`;
  }

  _shown() {
    const { verdict, requirements, profile, profile_day: day } = this.found;
    const count = (status) => requirements.filter((each) => each.status === status).length;
    const order = ["not_met", "not_measurable", "met", "not_applicable"];
    const sorted = [...requirements].sort((one, other) => order.indexOf(one.status) - order.indexOf(other.status));
    return html`<section class="card verdict ${LIGHTS[verdict]}" aria-label=${this.t("inspection.verdict")}>
        <h2>${this.t(`verdict.${verdict}`, { profile })}</h2>
        <p>${this.t("inspection.counts", { met: count("met"), not_met: count("not_met"), unknown: count("not_measurable") })}</p>
        <p class="soft">${this._source()}</p>
        <p class="soft">${this.t("inspection.note", { day: this.words.day(day) })}</p>
      </section>
      <section class="card" aria-label=${this.t("inspection.requirements")}>
        <h2>${this.t("inspection.requirements")}</h2>
        <div class="table">
          <table class="stack">
            <thead>
              <tr>
                ${["inspection.requirement", "inspection.stands", "inspection.measured", "inspection.wanted"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${sorted.map((each) => this._requirement(each))}
            </tbody>
          </table>
        </div>
      </section>
      ${this._rooms()} ${this._calendar()}`;
  }

  _source() {
    const { checked_us: checked, measured_us: measured } = this.found;
    if (!checked) return this.t("inspection.unchecked");
    return this.t("inspection.checked", { checked: this.times.full(checked), measured: this.times.full(measured) });
  }

  _requirement({ name, status, value, wanted, source, day, confirmed, concerns }) {
    return html`<tr>
      <td>
        ${name}
        ${concerns.length ? html`<small>${this.t("inspection.concerns", { names: concerns.join(", ") })}</small>` : nothing}
        <small>${this.t("inspection.source", { source, day: this.words.day(day) })}${confirmed ? nothing : html` · <em>${this.t("inspection.unconfirmed")}</em>`}</small>
      </td>
      <td class="of"><span class="chip ${LIGHTS[status]}">${this.t(`status.${status}`)}</span></td>
      <td class="of" data-label=${this.t("inspection.measured")}>${value}</td>
      <td class="of" data-label=${this.t("inspection.wanted")}>${wanted}</td>
    </tr>`;
  }

  _rooms() {
    return html`<section class="card" aria-label=${this.t("inspection.rooms")}>
      <div>
        <h2>${this.t("inspection.rooms")}</h2>
        <p class="soft">${this.t("inspection.rooms_lead", { days: this.found.minimum_days })}</p>
      </div>
      <div class="rooms">${this.found.rooms.map((room) => this._room(room))}</div>
    </section>`;
  }

  _room({ name, kind, rule, cameras }) {
    const lacks = rule === "required" && !cameras.length;
    const bad = lacks || (rule === "forbidden" && cameras.length > 0);
    return html`<div class="room">
      <div>
        <h3>${name ?? this.t("inspection.nowhere")}</h3>
        <p class="soft">${kind}${rule ? ` · ${this.t(`rule.${rule}`)}` : ""}</p>
      </div>
      ${bad ? html`<span class="chip bad">${this.t(lacks ? "inspection.no_camera" : "inspection.forbidden")}</span>` : nothing}
      ${!bad && !cameras.length ? html`<span class="chip">${this.t("inspection.without")}</span>` : nothing} ${cameras.map((each) => this._camera(each))}
    </div>`;
  }

  _camera({ name, recording, coverage_24h: coverage, days_proven: days }) {
    const wanted = this.found.minimum_days;
    const light = recording ? "good" : recording === null ? "warm" : "bad";
    const proven = days === null ? this.t("inspection.not_measured") : this.t("inspection.proven", { days: Math.min(days, wanted), wanted });
    return html`<div class="seen">
      <p><span class="chip ${light}">${this.t(recording ? "inspection.records" : recording === null ? "inspection.not_known" : "inspection.stopped")}</span> ${name}</p>
      <div class="meter ${days !== null && days >= wanted ? "good" : "warm"}" aria-hidden="true"><i style=${`width:${Math.min(100, ((days ?? 0) / wanted) * 100)}%`}></i></div>
      <p class="soft">${proven}${coverage === null ? nothing : html` · ${this.t("inspection.day", { percent: Math.floor(coverage * 1000) / 10 })}`}</p>
    </div>`;
  }

  _calendar() {
    const { last_day: last, next_day: next, months } = this.found;
    const ahead = next ? Array.from({ length: AHEAD }, (_, at) => later(next, at * months)) : [];
    const soon = next && next <= shifted(this.words.today(), SOON_DAYS);
    return html`<section class="card" aria-label=${this.t("calendar.title")}>
      <div>
        <h2>${this.t("calendar.title")}</h2>
        <p class="soft">${this.t("calendar.lead", { months })}</p>
      </div>
      ${last
        ? html`<ul class="dates">
            <li><span class="soft">${this.t("calendar.last")}</span><strong>${this.words.day(last)}</strong></li>
            ${ahead.map(
              (day, at) => html`<li>
                <span class="soft">${this.t(at ? "calendar.then" : "calendar.next")}</span><strong>${this.words.day(day)}</strong>
                ${at || !soon ? nothing : html`<span class="chip warm">${this.t(day < this.words.today() ? "calendar.over" : "calendar.soon")}</span>`}
              </li>`,
            )}
          </ul>`
        : html`<p>${this.t("calendar.none")}</p>`}
      ${this.kiosk
        ? nothing
        : html`<form class="row" @submit=${this._last}>
            <label class="field">${this.t("calendar.field")}<input type="date" name="day" required max=${this.words.today()} value=${last ?? ""} /></label>
            <button ?disabled=${this.busy}>${this.t("calendar.save")}</button>
          </form>`}
    </section>`;
  }

  async _last(event) {
    event.preventDefault();
    const day = String(new FormData(event.target).get("day"));
    if (await this.tell("inspection/last", { day }, this.t("calendar.saved"))) this._ask();
  }

  _sheet() {
    return html`<kg-sheet heading=${this.t("kiosk.begin")} closing=${this.t("close")} @kg-close=${() => (this._beginning = false)}>
      <p>${this.t("kiosk.what")}</p>
      <div class="note warm">
        <p><strong>${this.t("kiosk.still")}</strong></p>
        <p>${this.t("kiosk.safe")}</p>
        <ul class="reasons">
          ${["android", "ipad", "desk", "account"].map((how) => html`<li><span>${this.t(`kiosk.safe_${how}`)}</span></li>`)}
        </ul>
      </div>
      <form class="fields" @submit=${this._begin}>
        <label class="field"
          >${this.t("kiosk.long")}
          <select name="minutes">
            ${MINUTES.map((each) => html`<option value=${each} ?selected=${each === 20}>${this.t("minutes", { minutes: each })}</option>`)}
          </select></label
        >
        <p class="hint">${this.t("kiosk.recorded")}</p>
        <div class="row end"><button class="main" ?disabled=${this.busy}>${this.t("kiosk.start")}</button></div>
      </form>
    </kg-sheet>`;
  }

  async _begin(event) {
    event.preventDefault();
    const minutes = Number(new FormData(event.target).get("minutes"));
    // Full screen is granted to a tap only, so it is asked for before the ledger is.
    document.documentElement.requestFullscreen?.().catch(() => undefined);
    const begun = await this.act(() => begin(this.desk, minutes));
    if (begun) this._beginning = false;
    else document.exitFullscreen?.().catch(() => undefined);
  }
}

/** A day so many months later, the last of its month where there is no such day. @param {string} day @param {number} months */
function later(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

customElements.define("kg-inspection", Inspection);
