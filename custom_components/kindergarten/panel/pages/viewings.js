// Who watched which room, from when until when.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";

const DAY_US = 86_400_000_000;
const SHOWN = 500;

class Viewings extends Look {
  static properties = { _guardian: { state: true }, _room: { state: true }, _days: { state: true } };

  static styles = [
    Look.styles,
    css`
      @media (max-width: 599px) {
        .stack tr {
          display: block;
        }
        .stack td.part {
          display: inline;
        }
        .stack td.part:not(:last-child)::after {
          content: " · ";
        }
      }
    `,
  ];

  constructor() {
    super();
    this._guardian = "";
    this._room = "";
    this._days = 7;
  }

  willUpdate(changed) {
    if (["table", "_guardian", "_room", "_days"].some((name) => changed.has(name))) this._refresh();
  }

  _refresh() {
    const wanted = {
      from_us: Math.max(0, Date.now() * 1000 - this._days * DAY_US),
      ...(this._guardian && { guardian_id: this._guardian }),
      ...(this._room && { room_id: this._room }),
    };
    return this.look(() => this.desk.ask("viewings", wanted));
  }

  render() {
    const found = [...(this.found ?? [])].sort((one, other) => other.from_us - one.from_us);
    return html`<div class="page">
      <div>
        <h1>${this.t("place.viewings")}</h1>
        <p class="lead">${this.t("viewings.lead")}</p>
      </div>
      <section class="card">
        <div class="pair">
          ${this._choice("viewings.since", "_days", [1, 7, 30, 90].map((days) => [days, this.t("viewings.days", { days })]))}
          ${this._choice("guardian", "_guardian", this._names(this.table.guardians))}
          ${this._choice("room", "_room", this._names(this.table.rooms))}
        </div>
        ${this.unsure(() => this._refresh())}
        ${this.found ? html`<p role="status" class="soft">${this._count(found.length)}</p>` : nothing}
        ${found.length
          ? html`<div class="table">
              <table class="stack">
                <thead>
                  <tr>
                    ${["guardian", "room", "viewings.from", "viewings.long", "viewings.end"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${found.slice(0, SHOWN).map((each) => this._row(each))}
                </tbody>
              </table>
            </div>`
          : nothing}
      </section>
    </div>`;
  }

  /** How many; the oldest are left out where there are more than a page holds. */
  _count(count) {
    return this.t(count < SHOWN ? "viewings.count" : "viewings.most", { count });
  }

  _names(things) {
    return [["", this.t("all")], ...this.words.sorted(things).map(({ id, name }) => [id, name])];
  }

  _choice(label, property, options) {
    return html`<label class="field"
      >${this.t(label)}
      <select @change=${(event) => (this[property] = event.target.value)}>
        ${options.map(([key, text]) => html`<option value=${key} ?selected=${String(key) === String(this[property])}>${text}</option>`)}
      </select></label
    >`;
  }

  _row(viewing) {
    const minutes = viewing.until_us ? Math.max(1, Math.round((viewing.until_us - viewing.from_us) / 60_000_000)) : 0;
    const end = this.words.has(`end.${viewing.end}`) ? `end.${viewing.end}` : "end.ended";
    return html`<tr>
      <td>${this.guardian(viewing.guardian_id)?.name ?? this.t("guardian.gone")}</td>
      <td class="part">${this.room(viewing.room_id)}</td>
      <td class="part when">${this.words.moment(viewing.from_us)}</td>
      <td class="part">${viewing.until_us ? this.t("minutes", { minutes }) : nothing}</td>
      <td class="part">
        ${viewing.until_us ? html`<span class="soft">${this.t(end)}</span>` : html`<span class="chip good">${this.t("viewings.now")}</span>`}
      </td>
    </tr>`;
  }
}

customElements.define("kg-viewings", Viewings);
