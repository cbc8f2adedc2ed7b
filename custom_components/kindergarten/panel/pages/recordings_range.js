// What is done with a stretch: kept from deletion, or handed out.

import { css, html, nothing } from "../lit.js";
import { Form } from "../parts/form.js";
import { length } from "./recordings_times.js";

class Range extends Form {
  static properties = {
    cameras: { attribute: false },
    camera: {},
    from: { type: Number },
    to: { type: Number },
    deed: {},
    times: { attribute: false },
  };

  static styles = [
    Form.styles,
    css`
      fieldset {
        border: 0;
        padding: 0;
        margin: 0;
        min-width: 0;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 200px), 1fr));
      }
      legend {
        font-weight: 500;
        padding: 0;
      }
    `,
  ];

  render() {
    const hold = this.deed === "hold";
    return this.sheet(
      this.t(hold ? "range.hold" : "range.export"),
      html`<form class="fields" @submit=${this._submit}>
        <p>${this.times.between(this.from, this.to)} <span class="soft">(${length(this.to - this.from, this.words)})</span></p>
        <p class="hint">${this.t(hold ? "hold.lead" : "export.lead")}</p>
        <fieldset>
          <legend>${this.t("range.cameras")}</legend>
          ${this.cameras.map(
            ({ uid, name }) => html`<label class="tick"><input type="checkbox" name="camera" value=${uid} ?checked=${uid === this.camera} /><span>${name}</span></label>`,
          )}
        </fieldset>
        ${hold ? this._hold() : this._export()}
        <div class="row end"><button class="main" ?disabled=${this.busy}>${this.t(hold ? "hold.make" : "export.make")}</button></div>
      </form>`,
    );
  }

  _hold() {
    return html`<label class="field">${this.t("hold.reason")}<input name="reason" required maxlength="200" autocomplete="off" /><small>${this.t("hold.reason_hint")}</small></label>
      <label class="field">${this.t("hold.until")}<input type="date" name="until" min=${this.words.today()} /><small>${this.t("hold.until_hint")}</small></label>`;
  }

  _export() {
    const there = this.cameras.some(({ elsewhere }) => elsewhere);
    return html`<div class="pair">
        <label class="field">${this.t("export.purpose")}<input name="purpose" required maxlength="200" autocomplete="off" /></label>
        <label class="field">${this.t("export.recipient")}<input name="recipient" required maxlength="200" autocomplete="off" /></label>
      </div>
      <label class="tick"><input type="checkbox" name="exact" /><span>${this.t("export.exact")} <span class="hint">${this.t("export.exact_hint")}</span></span></label>
      ${there ? html`<p class="hint">${this.t("export.elsewhere")}</p>` : nothing}`;
  }

  async _submit(event) {
    const typed = this.typed(event);
    const cameras = typed.getAll("camera").map(String);
    if (!cameras.length) {
      this.say(this.t("range.no_camera"), "bad");
      return;
    }
    const about = { cameras, from_us: Math.round(this.from), to_us: Math.round(this.to) };
    if (this.deed === "hold") await this._make_hold(about, typed);
    else {
      const fields = { purpose: String(typed.get("purpose")), recipient: String(typed.get("recipient")), exact: typed.has("exact") };
      await this.finish("footage/export", { ...about, ...fields }, this.t("export.begun"));
    }
  }

  async _make_hold(about, typed) {
    const day = String(typed.get("until"));
    const done = this.t("hold.made");
    let until = null;
    if (day) {
      // To the end of that day, by the kindergarten's clock.
      const found = await this.act(() => this.desk.ask("footage/moment", { local: `${day}T23:59:59` }));
      if (!found) return;
      until = found.at_us.at(-1);
    }
    await this.finish("footage/hold", { ...about, reason: String(typed.get("reason")), until_us: until }, done);
  }
}

customElements.define("kg-range", Range);
