// The look from outside: the owner's phone, on mobile data, says what a stranger sees.

import { css, html, nothing } from "../lit.js";
import { Page } from "../parts/page.js";
import { Poll } from "../parts/poll.js";
import "../parts/qr.js";

const LIGHTS = { green: "good", yellow: "warm", red: "bad" };

class Outside extends Page {
  static properties = { portal: { attribute: false }, _link: { state: true }, _result: { state: true } };

  static styles = [
    Page.styles,
    css`
      .test {
        display: grid;
        grid-template-columns: minmax(0, 264px) minmax(0, 1fr);
        gap: 24px;
      }
      .link {
        overflow-wrap: anywhere;
      }
      .found .chip {
        justify-self: start;
      }
      .found {
        display: grid;
        gap: 10px;
        list-style: none;
      }
      .found li {
        display: grid;
        grid-template-columns: 104px minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      @media (max-width: 729px) {
        .test {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  constructor() {
    super();
    this._link = "";
    this._result = null;
    new Poll(this, () => this._look());
  }

  async _look() {
    if (!this._link) return;
    try {
      const result = await this.desk.ask("portal/test/result");
      if (result.state === "waiting") return;
      this._result = result;
      this._link = "";
    } catch {
      // The next look comes soon.
    }
  }

  render() {
    return html`<section class="card">
      <div class="head">
        <div>
          <h2>4. ${this.t("outside.title")}</h2>
          <p class="lead">${this.t("outside.lead")}</p>
        </div>
        <button type="button" class=${this._link ? "" : "main"} ?disabled=${this.busy || !this.portal.portal_enabled} @click=${this._start}>
          ${this.t(this._link ? "outside.again" : "outside.start")}
        </button>
      </div>
      ${this._link
        ? html`<div class="test">
            <kg-qr .desk=${this.desk} text=${this._link} label=${this.t("outside.qr")}></kg-qr>
            <ol class="reasons">
              ${["wifi", "scan", "wait"].map((each) => html`<li>${this.t(`outside.${each}`)}</li>`)}
              <li class="link"><small>${this._link}</small></li>
            </ol>
          </div>`
        : nothing}
      <div role="status">${this._result ? this._found(this._result) : nothing}</div>
    </section>`;
  }

  _found({ state, findings }) {
    if (state !== "done") return html`<p class="note warm">${this.t("outside.ended")}</p>`;
    return html`<ul class="found">
      ${findings.map(
        ({ key, light }) => html`<li>
          <span class="chip ${LIGHTS[light]}">${this.t(`light.${light}`)}</span>
          <span>${this.t(`finding.${key}`)}</span>
        </li>`,
      )}
    </ul>`;
  }

  async _start() {
    this._result = null;
    const started = await this.act(() => this.desk.ask("portal/test/start"));
    if (started) this._link = started.link;
  }
}

customElements.define("kg-outside", Outside);
