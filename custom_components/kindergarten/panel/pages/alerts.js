// Alert this phone: whom Home Assistant tells, of what, made by its own automation editor at the owner's click.

import { css, html, nothing } from "../lit.js";
import { copy } from "../parts/copy.js";
import { Page } from "../parts/page.js";
import "../parts/sheet.js";
import { STATES, loaded, remove, save } from "./alerts_made.js";

const LOOK_MS = 4000;
const TIPS = ["permission", "quiet", "battery", "internet", "other"];

class Alerts extends Page {
  static properties = {
    _found: { state: true },
    _whom: { state: true },
    _what: { state: true },
    _asked: { state: true },
    _failed: { state: true },
    _arrived: { state: true },
    _copy: { state: true },
    _undo: { state: true },
  };

  static styles = [
    Page.styles,
    css`
      fieldset {
        border: 0;
        padding: 0;
        margin: 0;
        display: grid;
        gap: 8px;
      }
      legend {
        padding: 0 0 4px;
        font-weight: 500;
      }
      .choice {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 4px 12px;
        padding: 12px;
        border: 1px solid var(--edge);
        border-radius: 10px;
        align-items: start;
      }
      .choice:has(:checked) {
        border-color: var(--link);
        background: var(--tint);
      }
      .choice label {
        display: flex;
        gap: 12px;
        cursor: pointer;
        min-width: 0;
      }
      .choice small {
        display: block;
        font-size: 13px;
        color: var(--soft);
      }
      .choice > .chip {
        justify-self: start;
      }
      .choice > small {
        margin-inline-start: 30px;
      }
      pre {
        max-height: 320px;
      }
      @media (max-width: 599px) {
        .choice {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  constructor() {
    super();
    this._found = null;
    this._whom = null;
    this._what = null;
    this._asked = null;
    this._failed = [];
    this._arrived = null;
    this._copy = "";
    this._undo = null;
  }

  connectedCallback() {
    super.connectedCallback();
    // A phone that is added meanwhile appears by itself.
    this._timer = setInterval(() => this._look(), LOOK_MS);
    if (this.desk) this._look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this._timer);
  }

  firstUpdated() {
    this._look();
  }

  async _look() {
    if (this.busy) return;
    try {
      this._take(await this.desk.ask("alerts/get"));
    } catch {
      // The notes above the page say that nobody answers.
    }
  }

  _take(found) {
    const told = found.alerts.flatMap(({ targets }) => targets);
    const made = found.alerts.filter(({ state }) => state !== "none").map(({ kind }) => kind);
    this._found = found;
    if (!this._whom?.size) {
      const mine = found.targets.filter(({ id, mine }) => (told.length ? told.includes(id) : mine));
      this._whom = new Set(mine.map(({ id }) => id));
    }
    this._what ??= new Set(made.length ? made : found.usual);
  }

  render() {
    const found = this._found;
    return html`<div class="page">
      <div>
        <h1>${this.t("place.alerts")}</h1>
        <p class="lead">${this.t("alerts.lead")}</p>
      </div>
      ${found ? html`${this._whomCard(found)} ${this._whatCard(found)} ${this._testCard()} ${this._copyCard()}` : html`<p class="soft">${this.t("wait")}</p>`}
      ${this._undo ? this._undoSheet(this._undo) : nothing}
    </div>`;
  }

  _whomCard({ targets, arrived }) {
    if (!targets.length) return this._noPhone();
    return html`<section class="card">
      <fieldset>
        <legend><h2>1. ${this.t("alerts.whom")}</h2></legend>
        ${targets.map(
          (each) => html`<div class="choice">
            <label
              ><input type="checkbox" .checked=${this._whom.has(each.id)} @change=${(event) => this._tick("_whom", each.id, event)} />
              <span
                >${each.name}<small
                  >${this.t(each.mine ? "alerts.mine" : each.app ? "alerts.app" : "alerts.other")}${each.app ? "" : ` (${each.id.replace("action:", "")})`}</small
                ></span
              ></label
            >
            ${arrived[each.id]
              ? html`<span class="chip ${arrived[each.id].arrived ? "good" : "bad"}"
                  >${this.t(arrived[each.id].arrived ? "alerts.arrived" : "alerts.not_arrived", {
                    when: this.words.moment(Date.parse(arrived[each.id].at) * 1000),
                  })}</span
                >`
              : nothing}
          </div>`,
        )}
      </fieldset>
      <details>
        <summary>${this.t("alerts.more_phones")}</summary>
        <div class="opened">${this._howTo()}</div>
      </details>
    </section>`;
  }

  _noPhone() {
    return html`<section class="card">
      <h2>1. ${this.t("alerts.no_phone")}</h2>
      <p class="lead">${this.t("alerts.no_phone_lead")}</p>
      ${this._howTo()}
      <p class="hint" role="status">${this.t("alerts.waiting")}</p>
    </section>`;
  }

  _howTo() {
    return html`<ol class="reasons">
      ${["store", "login", "allow", "back"].map((each) => html`<li>${this.t(`alerts.app_${each}`)}</li>`)}
    </ol>`;
  }

  _whatCard(found) {
    const made = found.alerts.filter(({ state }) => state !== "none" && state !== "missing");
    return html`<section class="card">
      <fieldset>
        <legend><h2>2. ${this.t("alerts.what")}</h2></legend>
        ${found.alerts.map((each) => this._choice(each))}
      </fieldset>
      ${found.automation ? nothing : html`<p class="note warm">${this.t("alerts.no_automation")}</p>`}
      <p class="hint">${this.t("alerts.how")}</p>
      <div class="row end">
        ${made.length
          ? html`<button type="button" class="stop" ?disabled=${this.busy} @click=${() => (this._undo = made)}>${this.t("alerts.undo")}</button>`
          : nothing}
        <button type="button" class="main" ?disabled=${this.busy || !this._whom.size || !this._what.size} @click=${() => this._make(found)}>
          ${this.t(made.length ? "alerts.change" : "alerts.make")}
        </button>
      </div>
    </section>`;
  }

  _choice({ kind, id, state, on }) {
    const shown = state === "made" && !on ? "off" : state;
    return html`<div class="choice">
      <label
        ><input type="checkbox" .checked=${this._what.has(kind)} @change=${(event) => this._tick("_what", kind, event)} />
        <span>${this.t(`alert.${kind}`)}<small>${this.t(`alert.${kind}_hint`)}</small></span></label
      >
      <span class="chip ${STATES[shown]}">${this.t(`alerts.is_${shown}`)}</span>
      ${["made", "off", "changed"].includes(shown)
        ? html`<small><a href=${`/config/automation/edit/${id}`}>${this.t("alerts.open")}<span class="unseen"> ${this.t(`alert.${kind}`)}</span></a></small>`
        : nothing}
    </div>`;
  }

  _testCard() {
    if (!this._asked) return html`<div role="status"></div>`;
    const names = this._found.targets.filter(({ id }) => this._asked.includes(id)).map(({ name }) => name).join(", ");
    return html`<section class="card" role="status">
      <h2>3. ${this.t("alerts.test")}</h2>
      ${this._failed.map(
        ({ target, reason }) => html`<p class="note bad">${this.t("alerts.failed", { name: this._name(target), reason })}</p>`,
      )}
      ${this._arrived === null
        ? html`<p>${this.t("alerts.asked", { names })}</p>
            <div class="row">
              <button type="button" class="main" ?disabled=${this.busy} @click=${() => this._say(true)}>${this.t("alerts.yes")}</button>
              <button type="button" ?disabled=${this.busy} @click=${() => this._say(false)}>${this.t("alerts.no")}</button>
              <button type="button" class="plain" ?disabled=${this.busy} @click=${() => this._test()}>${this.t("alerts.again")}</button>
            </div>`
        : this._arrived
          ? html`<p class="note good">${this.t("alerts.done")}</p>`
          : html`<p>${this.t("alerts.tips")}</p>
              <ul class="reasons">
                ${TIPS.map((tip) => html`<li>${this.t(`tip.${tip}`)}</li>`)}
              </ul>
              <div class="row"><button type="button" class="main" ?disabled=${this.busy} @click=${() => this._test()}>${this.t("alerts.again")}</button></div>`}
    </section>`;
  }

  _copyCard() {
    if (!this._copy) return nothing;
    return html`<section class="card">
      <h2>${this.t("alerts.by_hand")}</h2>
      <p class="lead">${this.t("alerts.by_hand_lead")}</p>
      <pre tabindex="0" role="region" aria-label=${this.t("alerts.yaml")}>${this._copy}</pre>
      <div class="row"><button type="button" @click=${this._copyText}>${this.t("alerts.copy")}</button></div>
    </section>`;
  }

  _undoSheet(made) {
    const close = () => (this._undo = null);
    const changed = made.filter(({ state }) => state === "changed");
    return html`<kg-sheet heading=${this.t("alerts.undo")} closing=${this.t("close")} @kg-close=${close}>
      <p>${this.t("alerts.undo_sure")}</p>
      ${changed.length
        ? html`<p class="note warm">${this.t("alerts.undo_changed", { names: changed.map(({ kind }) => this.t(`alert.${kind}`)).join(", ") })}</p>`
        : nothing}
      <div class="row end">
        <button type="button" @click=${close}>${this.t("cancel")}</button>
        <button type="button" class="stop" ?disabled=${this.busy} @click=${() => {
          close();
          this._takeAway(made);
        }}>${this.t("alerts.undo_do")}</button>
      </div>
    </kg-sheet>`;
  }

  _tick(name, key, event) {
    const chosen = new Set(this[name]);
    if (event.target.checked) chosen.add(key);
    else chosen.delete(key);
    this[name] = chosen;
  }

  _name(target) {
    return this._found.targets.find(({ id }) => id === target)?.name ?? target;
  }

  async _make(found) {
    const there = new Set(found.targets.map(({ id }) => id));
    const targets = [...this._whom].filter((id) => there.has(id));
    // What the owner changed himself stays as he likes it.
    const kept = found.alerts.filter(({ state }) => state === "changed").map(({ kind }) => kind);
    const kinds = [...this._what].filter((kind) => !kept.includes(kind));
    const dropped = found.alerts.filter(({ kind, state }) => state === "made" && !this._what.has(kind));
    const done = await this.act(async () => {
      const { automations, yaml } = await this.desk.ask("alerts/prepare", { targets, kinds, language: this.words.language });
      this._copy = "";
      if (!found.automation || !(await save(this.desk, automations))) {
        this._copy = yaml;
        return false;
      }
      await remove(this.desk, dropped);
      this._take(await loaded(this.desk, kinds));
      return true;
    }, undefined);
    if (done) await this._test(targets);
    else if (done === false) this.say(this.t("alerts.not_loaded"), "bad");
    await this._look();
  }

  async _test(targets = this._asked) {
    const answer = await this.act(() => this.desk.ask("alerts/test", { targets, language: this.words.language }));
    if (!answer) return;
    this._asked = targets;
    this._failed = answer.failed;
    this._arrived = null;
    await this.updateComplete;
    this.renderRoot.querySelector("section[role=status]")?.scrollIntoView({ block: "nearest" });
  }

  async _say(arrived) {
    const failed = this._failed.map(({ target }) => target);
    const targets = this._asked.filter((id) => !failed.includes(id));
    if (await this.tell("alerts/arrived", { targets, arrived })) this._arrived = arrived;
    await this._look();
  }

  async _takeAway(made) {
    await this.act(() => remove(this.desk, made), this.t("alerts.undone"));
    this._asked = null;
    await this._look();
  }

  async _copyText() {
    const done = await copy(this._copy);
    this.say(this.t(done ? "told.copied" : "told.by_hand"), done ? "good" : "bad");
  }
}

customElements.define("kg-alerts", Alerts);
