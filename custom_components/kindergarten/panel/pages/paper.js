// Paper: signs for doors, the staff's sheet, the poster for parents' phones.

import { css, html, nothing } from "../lit.js";
import { download } from "../parts/download.js";
import { Look } from "../parts/look.js";

const LINES = [
  { name: "name", autocomplete: "off" },
  { name: "operator", autocomplete: "organization" },
  { name: "phone", autocomplete: "tel" },
  { name: "email", autocomplete: "email" },
];

class Paper extends Look {
  static properties = {
    _typed: { state: true },
    _doors: { state: true },
    _staff: { state: true },
    _said: { state: true },
  };

  static styles = [
    Look.styles,
    css`
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
      }
      legend {
        padding: 0 0 4px;
        font-weight: 500;
      }
      .lines {
        display: grid;
        gap: 14px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
        align-items: end;
      }
      .ticks {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr));
        gap: 2px 20px;
      }
      .ticks.few {
        grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
      }
      .ticks small {
        display: block;
        color: var(--soft);
        font-size: 13px;
      }
      .signs {
        display: grid;
        gap: 16px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr));
        align-items: start;
      }
      .sign {
        border: 1px solid var(--edge);
        border-radius: 8px;
        overflow: hidden;
      }
      .sign h3 {
        padding: 10px 14px;
        background: #141414;
        color: #fff;
      }
      .sign dl {
        padding: 10px 14px;
        display: grid;
        gap: 6px;
      }
      .sign dt {
        font-weight: 600;
        font-size: 13px;
      }
      .sign dd {
        overflow-wrap: anywhere;
      }
      .sign p {
        padding: 0 14px 12px;
        font-size: 12px;
        color: var(--soft);
        overflow-wrap: anywhere;
      }
    `,
  ];

  constructor() {
    super();
    this._typed = null;
    this._doors = new Set();
    this._staff = "";
    this._said = [];
    this._turn = 0;
  }

  willUpdate(changed) {
    if (changed.has("table")) this._refresh();
  }

  /** Ask what is known; what was typed stays. */
  async _refresh() {
    await this.look(() => this.desk.ask("paper/get"));
    if (!this.found) return;
    if (!this._typed) this._begin();
    this._preview();
  }

  _begin() {
    const { name, operator, phone, email, days, sound, wanted_languages: languages, rooms } = this.found;
    this._typed = { name, operator, phone, email, days, sound, languages };
    this._staff = languages[0];
    this._doors = new Set(["", ...rooms.filter(({ filmed }) => filmed).map(({ id }) => id)]);
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.paper")}</h1>
        <p class="lead">${this.t("paper_page.lead")}</p>
      </div>
      ${this._typed ? this._inside() : this.unsure(() => this._refresh())}
    </div>`;
  }

  _inside() {
    return html`${this._details()} ${this._signs()}
      <div class="cards">${this._sheet()} ${this._poster()}</div>
      ${this._look()}`;
  }

  _details() {
    const { days, sound, languages } = this._typed;
    return html`<section class="card">
      <h2>${this.t("paper_page.details")}</h2>
      <div class="lines">
        ${LINES.map(
          ({ name, autocomplete }) => html`<label class="field"
            >${this.t(`paper_page.${name}`)}
            <input name=${name} maxlength="200" autocomplete=${autocomplete} .value=${this._typed[name]}
              @change=${(event) => this._type({ [name]: event.target.value })} /></label
          >`,
        )}
      </div>
      <p class="hint">${this.t("paper_page.whom")}</p>
      <div class="pair">
        <label class="field"
          >${this.t("paper_page.days")}
          <input type="number" name="days" min="1" max="400" .value=${String(days)} @change=${(event) => this._day(event.target)} />
          <small>${this.t("paper_page.days_hint", { days: this.found.days })}</small></label
        >
        <label class="tick"
          ><input type="checkbox" name="sound" .checked=${sound} @change=${(event) => this._type({ sound: event.target.checked })} /><span
            >${this.t("paper_page.sound")}</span
          ></label
        >
      </div>
      <fieldset>
        <legend>${this.t("paper_page.languages")}</legend>
        <div class="ticks few">
          ${this.found.languages.map(
            (each) => html`<label class="tick"
              ><input type="checkbox" name=${`language-${each}`} .checked=${languages.includes(each)}
                @change=${(event) => this._speak(each, event.target)} /><span>${this.t(`language.${each}`)}</span></label
            >`,
          )}
        </div>
      </fieldset>
    </section>`;
  }

  _signs() {
    const doors = [{ id: "", name: this.t("paper_page.house"), filmed: true }, ...this.words.sorted(this.found.rooms)];
    const count = this._doors.size;
    return html`<section class="card">
      <div>
        <h2>${this.t("paper_page.signs")}</h2>
        <p class="lead">${this.t(this.found.poster ? "paper_page.signs_qr" : "paper_page.signs_lead")}</p>
      </div>
      <fieldset>
        <legend class="unseen">${this.t("paper_page.signs")}</legend>
        <div class="ticks">
          ${doors.map(
            ({ id, name, filmed }) => html`<label class="tick"
              ><input type="checkbox" .checked=${this._doors.has(id)} @change=${(event) => this._door(id, event.target.checked)} /><span
                >${name}${filmed ? nothing : html`<small>${this.t("paper_page.not_filmed")}</small>`}</span
              ></label
            >`,
          )}
        </div>
      </fieldset>
      <div class="row end">
        <button type="button" class="main" ?disabled=${this.busy || !count} @click=${() => this._print("signs", "signs.pdf")}>
          ${this.t("paper_page.make_signs", { count })}
        </button>
      </div>
    </section>`;
  }

  _sheet() {
    return html`<section class="card">
      <h2>${this.t("paper_page.staff")}</h2>
      <p class="lead">${this.t("paper_page.staff_lead")}</p>
      <label class="field"
        >${this.t("paper_page.staff_language")}
        <select name="staff" .value=${this._staff} @change=${(event) => (this._staff = event.target.value)}>
          ${this.found.languages.map((each) => html`<option value=${each} ?selected=${each === this._staff}>${this.t(`language.${each}`)}</option>`)}
        </select></label
      >
      <div class="row end">
        <button type="button" class="main" ?disabled=${this.busy} @click=${() => this._print("staff", "staff.pdf")}>
          ${this.t("paper_page.make_staff")}
        </button>
      </div>
    </section>`;
  }

  _poster() {
    return html`<section class="card">
      <h2>${this.t("paper_page.poster")}</h2>
      <p class="lead">${this.t("paper_page.poster_lead")}</p>
      ${this.found.poster
        ? html`<div class="row end">
            <button type="button" class="main" ?disabled=${this.busy} @click=${() => this._print("pairing", "poster.pdf")}>
              ${this.t("paper_page.make_poster")}
            </button>
          </div>`
        : html`<p class="note">${this.t("paper_page.poster_off")}</p>`}
    </section>`;
  }

  _look() {
    return html`<section class="card">
      <div>
        <h2>${this.t("paper_page.preview")}</h2>
        <p class="lead">${this.t("paper_page.preview_lead")}</p>
      </div>
      <div class="signs">
        ${this._said.map(
          ({ language, title, facts, law }) => html`<article class="sign" lang=${language}>
            <h3>${title}</h3>
            <dl>${facts.map(({ about, text }) => html`<div><dt>${about}</dt><dd>${text}</dd></div>`)}</dl>
            <p>${law}</p>
          </article>`,
        )}
      </div>
    </section>`;
  }

  _type(change) {
    this._typed = { ...this._typed, ...change };
    this._preview();
  }

  _day(field) {
    const days = Math.min(400, Math.max(1, Math.round(Number(field.value)) || this.found.days));
    field.value = String(days);
    this._type({ days });
  }

  /** At least one language stays. */
  _speak(language, box) {
    const wanted = new Set(this._typed.languages);
    if (box.checked) wanted.add(language);
    else wanted.delete(language);
    if (wanted.size) this._type({ languages: this.found.languages.filter((each) => wanted.has(each)) });
    else box.checked = true;
  }

  _door(id, on) {
    const doors = new Set(this._doors);
    if (on) doors.add(id);
    else doors.delete(id);
    this._doors = doors;
  }

  async _preview() {
    const turn = ++this._turn;
    try {
      const said = await this.desk.ask("paper/preview", this._typed);
      if (turn === this._turn) this._said = said;
    } catch (refusal) {
      if (turn === this._turn) this.say(this.desk.why(refusal, this.words), "bad");
    }
  }

  async _print(paper, name) {
    const rooms = [...this._doors].filter(Boolean);
    const fields = { ...this._typed, paper };
    if (paper === "signs") Object.assign(fields, { house: this._doors.has(""), rooms });
    if (paper === "staff") fields.languages = [this._staff];
    const made = await this.act(() => this.desk.ask("paper/print", fields), this.t("paper_page.made"));
    if (made) download(made.pdf, name);
  }
}

customElements.define("kg-paper", Paper);
