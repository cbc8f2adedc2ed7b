// A dialog with a form of one thing: saved at once, or nothing of it.

import { css, html, nothing } from "../lit.js";
import { Page } from "./page.js";
import "./sheet.js";

/** A dialog about something; `of` is its id, null for a new one. */
export class Form extends Page {
  static properties = { of: { attribute: false }, _heard: { state: true }, _leaving: { state: true } };

  static styles = [
    Page.styles,
    css`
      .heard {
        position: sticky;
        top: 80px;
        z-index: 2;
      }
      .heard:empty {
        display: none;
      }
    `,
  ];

  /** @param {string} heading @param {unknown} inside */
  sheet(heading, inside) {
    return html`<kg-sheet heading=${heading} closing=${this.t("close")} @kg-close=${() => this._leave()} @input=${() => (this._typed = true)}>
      <div class="heard" role="alert">${this._leaving ? this._unsaved() : this._note()}</div>
      ${inside}
    </kg-sheet>`;
  }

  _note() {
    return this._heard ? html`<p class="note ${this._heard.kind}">${this._heard.text}</p>` : nothing;
  }

  /** What was typed is nowhere else: closing is asked about once. */
  _unsaved() {
    return html`<div class="note warm">
      <p>${this.t("unsaved.lead")}</p>
      <div class="row">
        <button type="button" @click=${() => (this._leaving = false)}>${this.t("unsaved.stay")}</button>
        <button type="button" class="stop" @click=${() => this.close()}>${this.t("unsaved.close")}</button>
      </div>
    </div>`;
  }

  _leave() {
    if (this._typed && !this._leaving) this._leaving = true;
    else this.close();
  }

  /** Say it in the dialog too: nothing outside of it can be seen or heard while it is open. @override */
  say(text, kind = "good") {
    this._heard = { text, kind };
    this._leaving = false;
    super.say(text, kind);
  }

  close() {
    this.dispatchEvent(new CustomEvent("kg-close"));
  }

  /** What was typed into the form of a submit event. @param {SubmitEvent} event */
  typed(event) {
    event.preventDefault();
    return new FormData(event.target);
  }

  /** Ask, say how it went, and close when it was done. @param {string} command @param {object} fields @param {string} done */
  async finish(command, fields, done) {
    if (await this.tell(command, fields, done)) this.close();
  }

  /** A day's field. @param {string} name @param {string} label @param {string} [value] @param {boolean} [needed] */
  day(name, label, value = "", needed = true) {
    return html`<label class="field">${label}<input type="date" name=${name} value=${value} ?required=${needed} /></label>`;
  }

  /** What asks for a name to be typed again. @param {unknown} lead @param {string} name @param {string} button @param {(confirm: string) => void} sure */
  surely(lead, name, button, sure) {
    return html`<form class="fields" @submit=${(event) => sure(String(this.typed(event).get("confirm")))}>
      <div class="hint">${lead}</div>
      <label class="field"
        >${this.t("type_name", { name })}<input name="confirm" required autocomplete="off" maxlength="200" /></label
      >
      <div class="row end"><button class="stop" ?disabled=${this.busy}>${button}</button></div>
    </form>`;
  }

  /** A part that is closed until somebody wants it. @param {string} title @param {unknown} inside */
  more(title, inside) {
    return html`<details><summary>${title}</summary><div class="opened">${inside}</div></details>`;
  }
}
