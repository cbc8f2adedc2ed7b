// A pasted list: first what it would do, line by line, then doing it.

import { css, html, nothing } from "../lit.js";
import { Form } from "../parts/form.js";
import { hold } from "../parts/hold.js";

const DOES = { new: "good", changed: "warm", same: "" };

class List extends Form {
  static properties = { _text: { state: true }, _preview: { state: true } };

  static styles = [
    Form.styles,
    css`
      .table {
        max-height: 320px;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 0 12px;
      }
    `,
  ];

  constructor() {
    super();
    this._text = "";
    this._preview = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    hold(this, false);
  }

  render() {
    return this.sheet(
      this.t("list.open"),
      html`<form class="fields" @submit=${this._look}>
          <p class="hint">${this.t("list.lead")}</p>
          <pre class="wrap">${this.t("list.example")}</pre>
          <label class="field"
            >${this.t("list.label")}
            <textarea name="text" required spellcheck="false" .value=${this._text} @input=${this._changed}></textarea>
          </label>
          <label class="field"
            >${this.t("list.file")}<input type="file" accept=".csv,.txt,text/csv,text/plain" @change=${this._file}
          /></label>
          ${this._preview ? nothing : html`<div class="row end"><button class="main" ?disabled=${this.busy}>${this.t("list.look")}</button></div>`}
        </form>
        <div role="status">${this._preview ? this._shown(this._preview) : nothing}</div>`,
    );
  }

  _shown({ rows, problems, new_groups }) {
    const wanted = rows.filter(({ does }) => does !== "same").length;
    return html`<div class="fields">
      <h3>${this.t("list.would", { count: wanted })}</h3>
      ${new_groups.length ? html`<p>${this.t("list.groups", { names: new_groups.join(", ") })}</p>` : nothing}
      ${problems.length
        ? html`<div class="note bad">
            <strong>${this.t("list.problems", { count: problems.length })}</strong>
            <ul class="reasons">
              ${problems.map(
                ({ line, code }) =>
                  html`<li class="bad"><span>${this.t("list.line", { line })} ${this.desk.why({ translation_key: `people_${code}` }, this.words)}</span></li>`,
              )}
            </ul>
          </div>`
        : nothing}
      ${rows.length ? this._rows(rows) : nothing}
      <div class="row end">
        <button type="button" @click=${() => (this._preview = null)}>${this.t("list.mend")}</button>
        <button type="button" class="main" ?disabled=${this.busy || !wanted} @click=${this._apply}>
          ${this.t("list.apply", { count: wanted })}
        </button>
      </div>
    </div>`;
  }

  _rows(rows) {
    return html`<div class="table" tabindex="0" role="region" aria-label=${this.t("list.rows")}>
      <table class="stack">
        <thead>
          <tr>
            ${["child", "group", "guardian", "phone"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
            <th scope="col"><span class="unseen">${this.t("state")}</span></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`<tr>
              <td>${row.child}</td>
              <td>${row.group}</td>
              <td>${row.guardian}</td>
              <td>${row.phone}</td>
              <td><span class="chip ${DOES[row.does]}">${this.t(`list.${row.does}`)}</span></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  _changed(event) {
    this._text = event.target.value;
    this._preview = null;
    hold(this, this._text.trim() !== "");
  }

  async _file(event) {
    const [file] = event.target.files;
    if (!file) return;
    this._text = await file.text();
    this._preview = null;
    hold(this, true);
  }

  async _look(event) {
    event.preventDefault();
    this._preview = (await this.act(() => this.desk.ask("people/import/preview", { text: this._text }))) ?? null;
  }

  async _apply() {
    const done = await this.act(() => this.desk.ask("people/import/apply", { text: this._text }));
    if (!done) return;
    this.say(this.t("list.done", { children: done.children, guardians: done.guardians, changed: done.changed }));
    this.close();
  }
}

customElements.define("kg-list", List);
