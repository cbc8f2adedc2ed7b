// Consents: paper forms ticked in bulk as they come back.

import { css, html, nothing, repeat } from "../lit.js";
import { Look } from "../parts/look.js";
import "../parts/sheet.js";

const PURPOSES = ["parent_live", "recording_notice", "clip"];
const STATES = { given: "good", missing: "warm", outdated: "warm", gone: "warm", refused: "bad", withdrawn: "bad", enough: "" };
const NAMED = 12;

class Consents extends Look {
  static properties = {
    _sure: { state: true },
    _purpose: { state: true },
    _group: { state: true },
    _missing: { state: true },
    _ticked: { state: true },
  };

  static styles = [
    Look.styles,
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
    this._sure = null;
    this._purpose = "";
    this._group = "";
    this._missing = true;
    this._ticked = new Set();
  }

  willUpdate(changed) {
    if (!changed.has("table")) return;
    this._purpose ||= this.table.consent_rule === "notice" ? "recording_notice" : "parent_live";
    this._refresh();
  }

  _refresh() {
    return this.look(() => this.desk.ask("people/consents"));
  }

  /** The children of a group, each with whoever may sign for it and whether its form is there. */
  _children() {
    const said = new Map();
    for (const each of [...this.found].sort((one, other) => one.at_us - other.at_us)) {
      if (each.purpose === this._purpose) said.set(`${each.guardian_id} ${each.child_id}`, each);
    }
    const children = this.table.children.filter((child) => child.enrolled && (!this._group || child.group_id === this._group));
    return this.words.sorted(children).map((child) => {
      const people = child.guardians
        .map((id) => this.guardian(id))
        .filter((guardian) => guardian && !guardian.relative)
        .map((guardian) => this._person(child, guardian, said.get(`${guardian.id} ${child.id}`)));
      const whole = people.some(({ state }) => state === "given") && !people.some(({ state }) => STATES[state] === "bad");
      // One form for a child is enough.
      if (whole) people.filter(({ state }) => state === "missing").forEach((each) => (each.state = "enough"));
      return { child, people, whole };
    });
  }

  _person(child, guardian, word) {
    const person = { key: `${guardian.id} ${child.id}`, child, guardian, word };
    if (word?.state !== "given") return { ...person, state: word?.state ?? "missing" };
    if (!guardian.valid) return { ...person, state: "gone" };
    return { ...person, state: word.version === this.table.text_version ? "given" : "outdated" };
  }

  render() {
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
        ${this.unsure(() => this._refresh())} ${this.found ? this._inside() : nothing}
      </section>
      ${this._sure ? this._confirm(this._sure) : nothing}
    </div>`;
  }

  _inside() {
    const children = this._children();
    const missing = children.filter(({ whole }) => !whole).map(({ child }) => child.name);
    const people = children.filter(({ whole }) => !this._missing || !whole).flatMap((each) => each.people);
    const shown = people.filter(({ state }) => !this._missing || state !== "given");
    const ticked = shown.filter(({ key }) => this._ticked.has(key));
    return html`<div role="status">
        <p><strong>${this.t("consents.counts", { given: children.length - missing.length, all: children.length })}</strong></p>
        ${missing.length ? html`<p class="soft">${this._names(missing)}</p>` : nothing}
      </div>
      ${shown.length ? this._table(shown, ticked) : nothing}
      ${missing.length ? nothing : html`<p class="soft">${this.t(children.length ? "consents.all_there" : "consents.none")}</p>`}`;
  }

  _names(names) {
    if (names.length <= NAMED) return this.t("group.missing", { names: names.join(", ") });
    return this.t("group.missing_more", { names: names.slice(0, NAMED).join(", "), more: names.length - NAMED });
  }

  /** A no closes rooms at once, for other families too. */
  _confirm({ people, state }) {
    const close = () => (this._sure = null);
    return html`<kg-sheet heading=${this.t(`consents.sure_${state}`)} closing=${this.t("close")} @kg-close=${close}>
      <p>${people.map(({ child, guardian }) => `${child.name} (${guardian.name})`).join(", ")}</p>
      <p class="note warm">${this.t(`consents.cost_${this._purpose === "clip" ? "clip" : this.table.consent_rule}`)}</p>
      <div class="row end">
        <button type="button" @click=${close}>${this.t("cancel")}</button>
        <button type="button" class="stop" ?disabled=${this.busy} @click=${() => this._tell(people, state).finally(close)}>
          ${this.t(state === "withdrawn" ? "consents.withdraw" : "consents.refuse", { count: people.length })}
        </button>
      </div>
    </kg-sheet>`;
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
    const given = ticked.filter(({ state }) => state === "given");
    const open = ticked.filter(({ state }) => state !== "given");
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
        ${given.length
          ? html`<button type="button" class="stop" ?disabled=${this.busy} @click=${() => (this._sure = { people: given, state: "withdrawn" })}>
              ${this.t("consents.withdraw", { count: given.length })}
            </button>`
          : html`<button type="button" class="stop" ?disabled=${this.busy || !open.length}
              @click=${() => (this._sure = { people: open, state: "refused" })}
            >
              ${this.t("consents.refuse", { count: open.length })}
            </button>`}
        <button type="button" class="main" ?disabled=${this.busy || !open.length} @click=${() => this._tell(open, "given")}>
          ${this.t("consents.tick", { count: open.length })}
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
