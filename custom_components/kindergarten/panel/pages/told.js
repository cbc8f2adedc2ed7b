// New links, told this once: the message goes one way, the code another.

import { css, html } from "../lit.js";
import { copy } from "../parts/copy.js";
import { Form } from "../parts/form.js";

class Told extends Form {
  static properties = { told: { attribute: false } };

  static styles = [
    Form.styles,
    css`
      article {
        display: grid;
        gap: 10px;
        padding-bottom: 16px;
        border-bottom: 1px solid var(--line);
      }
      article:last-of-type {
        border: 0;
      }
      textarea {
        min-height: 116px;
        field-sizing: content;
        font-family: inherit;
        resize: none;
      }
      .code {
        font: 600 24px/1.2 var(--ha-font-family-code, ui-monospace, monospace);
        letter-spacing: 0.1em;
      }
    `,
  ];

  render() {
    return this.sheet(
      this.t("told.title"),
      html`<p class="note warm">${this.t("told.lead")}</p>
        ${this.told.map((each, index) => this._one(each, index))}`,
    );
  }

  _one(each, index) {
    const guardian = this.guardian(each.guardian_id);
    return html`<article>
      <div>
        <h3>${guardian?.name}</h3>
        <p class="soft">${this.childrenOf(guardian)} · ${guardian?.phone}</p>
      </div>
      <label class="field"
        >${this.t("told.message")}<textarea readonly lang=${guardian?.language ?? "en"} id="message${index}" .value=${each.message}></textarea
      ></label>
      <div class="head">
        <div>
          <span class="soft">${this.t("told.code")}</span>
          <span class="code">${each.code}</span>
          <span class="hint">${this.t("told.until", { when: this.words.moment(each.until_us) })}</span>
        </div>
        <button type="button" class="main" @click=${() => this._copy(each, index)}>${this.t("told.copy")}</button>
      </div>
    </article>`;
  }

  async _copy({ message }, index) {
    const done = await copy(message, this.renderRoot.querySelector(`#message${index}`));
    this.say(this.t(done ? "told.copied" : "told.by_hand"), done ? "good" : "bad");
  }
}

customElements.define("kg-told", Told);
