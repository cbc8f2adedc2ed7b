// Consents: paper forms ticked in bulk as they come back.

import { css, html, nothing, repeat } from "../lit.js";
import { Page } from "../parts/page.js";

const PURPOSES = ["parent_live", "recording_notice", "clip"];
const STATES = { given: "good", missing: "warm", outdated: "warm", refused: "bad", withdrawn: "bad" };

class Consents extends Page {
  static properties = {
    _rows: { state: true },
    _purpose: { state: true },
    _group: { state: true },
    _missing: { state: true },
    _ticked: { state: true },
  };

  static styles = [
    Page.styles,
    css`
      .foot {
        position: sticky;
        bottom: 0;
        margin: 0 -20px -20px;
        padding: 12px 20px;
        background: var(--card);
        border-top: 1px solid var(--line);
        border-radius: 0 0 var(--round) var(--round);
      }
      @media (max-width: 599px) {
        .foot {
          margin: 0 -16px -16px;
          padding: 12px 16px;
        }
      }
    `,
  ];

  constructor() {
    super();
    this._rows = null;
    this._purpose = "";
    this._group = "";
    this._missing = true;
    this._ticked = new Set();
  }

  willUpdate(changed) {
    if (!changed.has("table")) return;
    this._purpose ||= this.table.consent_rule === "notice" ? "recording_notice" : "parent_live";
    this.desk.ask("people/consents").then((rows) => (this._rows = rows), () => undefined);
  }

  /** Everybody who may sign, with their newest word on the chosen purpose. */
  _people() {
    const said = new Map();
    for (const each of [...(this._rows ?? [])].sort((one, other) => one.at_us - other.at_us)) {
      if (each.purpose === this._purpose) said.set(`${each.guardian_id} ${each.child_id}`, each);
    }
    return this.words.sorted(this.table.children.filter((child) => child.enrolled)).flatMap((child) =>
      child.guardians
        .map((id) => this.guardian(id))
        .filter((guardian) => guardian && !guardian.relative)
        .map((guardian) => {
          const key = `${guardian.id} ${child.id}`;
          const word = said.get(key);
          const old = word?.state === "given" && word.version !== this.table.text_version;
          return { key, child, guardian, word, state: old ? "outdated" : (word?.state ?? "missing") };
        }),
    );
  }

  render() {
    const people = this._people().filter(({ child }) => !this._group || child.group_id === this._group);
    const shown = people.filter(({ state }) => !this._missing || state !== "given");
    const ticked = shown.filter(({ key }) => this._ticked.has(key));
    return html`<div class="page">
      <div>
        <h1>${this.t("place.consents")}</h1>
        <p class="lead">${this.t(`consents.rule.${this.table.consent_rule}`)}</p>
      </div>
      <section class="card">
        <div class="pair">
          ${this._choice("consents.purpose", this._purpose, PURPOSES.map((each) => [each, this.t(`purpose.${each}`)]), (value) => (this._purpose = value))}
          ${this._choice(
            "group",
            this._group,
            [["", this.t("all")], ...this.words.sorted(this.table.groups).map((each) => [each.id, each.name])],
            (value) => (this._group = value),
          )}
        </div>
        <label class="tick"
          ><input type="checkbox" .checked=${this._missing} @change=${(event) => (this._missing = event.target.checked)} />${this.t("consents.only_missing")}</label
        >
        <p role="status">
          <strong>${this.t("consents.counts", { given: people.filter(({ state }) => state === "given").length, all: people.length })}</strong>
        </p>
        ${shown.length ? this._table(shown, ticked) : html`<p class="soft">${this.t(people.length ? "consents.all_there" : "consents.none")}</p>`}
      </section>
    </div>`;
  }

  _choice(label, value, options, choose) {
    return html`<label class="field"
      >${this.t(label)}
      <select @change=${(event) => this._anew(() => choose(event.target.value))}>
        ${options.map(([key, text]) => html`<option value=${key} ?selected=${key === value}>${text}</option>`)}
      </select></label
    >`;
  }

  _anew(change) {
    this._ticked = new Set();
    change();
  }

  _table(shown, ticked) {
    const all = ticked.length === shown.length;
    return html`<label class="tick"
        ><input type="checkbox" .checked=${all} .indeterminate=${ticked.length > 0 && !all}
          @change=${(event) => (this._ticked = new Set(event.target.checked ? shown.map(({ key }) => key) : []))} />
        <strong>${this.t("consents.all")}</strong></label
      >
      <table class="stack">
        <thead>
          <tr>
            ${["child", "guardian", "group", "state"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${repeat(shown, ({ key }) => key, (each) => this._row(each))}
        </tbody>
      </table>
      <div class="foot row end">
        ${ticked.some(({ state }) => state === "given")
          ? html`<button type="button" class="stop" ?disabled=${this.busy} @click=${() => this._tell(ticked, "withdrawn")}>
              ${this.t("consents.withdraw", { count: ticked.length })}
            </button>`
          : html`<button type="button" class="stop" ?disabled=${this.busy || !ticked.length} @click=${() => this._tell(ticked, "refused")}>
              ${this.t("consents.refuse", { count: ticked.length })}
            </button>`}
        <button type="button" class="main" ?disabled=${this.busy || !ticked.length} @click=${() => this._tell(ticked, "given")}>
          ${this.t("consents.tick", { count: ticked.length })}
        </button>
      </div>`;
  }

  _row({ key, child, guardian, word, state }) {
    return html`<tr>
      <td>
        <label class="tick"
          ><input type="checkbox" .checked=${this._ticked.has(key)} @change=${(event) => this._tick(key, event.target.checked)} /><span
            >${child.name}<span class="unseen">, ${guardian.name}</span></span
          ></label
        >
      </td>
      <td>${guardian.name}</td>
      <td>${this.group(child.group_id)?.name ?? ""}</td>
      <td>
        <span class="chip ${STATES[state]}">${this.t(`consent.${state}`)}</span>
        ${word ? html`<div class="hint">${this.t(`how.${word.how}`)}, ${this.words.moment(word.at_us)}</div>` : nothing}
      </td>
    </tr>`;
  }

  _tick(key, on) {
    const ticked = new Set(this._ticked);
    if (on) ticked.add(key);
    else ticked.delete(key);
    this._ticked = ticked;
  }

  async _tell(people, state) {
    const entries = people.map(({ guardian, child }) => ({ guardian_id: guardian.id, child_id: child.id }));
    const done = await this.act(() => this.desk.ask("people/consents/tick", { entries, purpose: this._purpose, state }));
    if (!done) return;
    this.say(this.t("consents.done", { count: done.count }));
    this._ticked = new Set();
  }
}

customElements.define("kg-consents", Consents);
