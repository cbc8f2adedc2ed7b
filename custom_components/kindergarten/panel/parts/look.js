// A page that shows an answer besides the table. Unknown is not zero: until there is one, it says so.

import { html, nothing } from "../lit.js";
import { Page } from "./page.js";

/** A page with `found`, the newest answer, and why there is no newer one. */
export class Look extends Page {
  static properties = { found: { state: true }, _failed: { state: true } };

  constructor() {
    super();
    /** @type {any} */
    this.found = null;
    this._failed = null;
    this._asked = 0;
  }

  /** Ask anew; an older answer stays until then, one that comes too late is dropped. @param {() => Promise<unknown>} ask */
  async look(ask) {
    const turn = ++this._asked;
    try {
      const found = await ask();
      if (turn !== this._asked) return;
      this.found = found;
      this._failed = null;
    } catch (refusal) {
      if (turn === this._asked) this._failed = refusal;
    }
  }

  /** What is said while there is no answer, or none that is new. @param {() => unknown} again */
  unsure(again) {
    if (this._failed !== null) {
      return html`<div class="note bad" role="alert">
        <p>${this.t("look.failed")} ${this.desk.why(this._failed, this.words)}</p>
        <div><button type="button" @click=${again}>${this.t("look.again")}</button></div>
      </div>`;
    }
    return this.found === null ? html`<p class="soft" role="status">${this.t("wait")}</p>` : nothing;
  }
}
