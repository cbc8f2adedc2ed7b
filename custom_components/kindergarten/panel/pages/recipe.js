// One question, the address, and one recipe for the way to it, with what it costs.

import { css, html, nothing } from "../lit.js";
import { copy } from "../parts/copy.js";
import { Page } from "../parts/page.js";

const KINDS = ["cloudflare", "caddy", "nginx", "nabu_casa"];
const CAVEATS = {
  cloudflare: ["cloudflare_decrypts", "cloudflare_cache", "cloudflare_rewrites", "trust", "no_port", "paths"],
  caddy: ["trust", "certificate", "upstream", "no_port", "paths"],
  nginx: ["trust", "certificate", "upstream", "no_port", "paths"],
  nabu_casa: ["nabu_whole", "nabu_mfa", "no_port"],
};

class Recipe extends Page {
  static properties = { portal: { attribute: false }, _kind: { state: true }, _recipe: { state: true } };

  static styles = [
    Page.styles,
    css`
      fieldset {
        border: 0;
        padding: 0;
        margin: 0;
        display: grid;
        gap: 8px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 240px), 1fr));
      }
      legend {
        font-weight: 500;
        padding: 0 0 4px;
      }
      label.kind {
        display: flex;
        gap: 12px;
        padding: 12px;
        border: 1px solid var(--edge);
        border-radius: 10px;
        cursor: pointer;
      }
      label.kind:has(:checked) {
        border-color: var(--link);
        background: var(--tint);
      }
      label.kind small {
        display: block;
        font-size: 13px;
        color: var(--soft);
      }
    `,
  ];

  constructor() {
    super();
    this._kind = "cloudflare";
    this._recipe = null;
  }

  render() {
    const host = this.portal.portal_origin.replace(/^https?:\/\//, "");
    return html`<section class="card">
      <div>
        <h2>1. ${this.t("recipe.title")}</h2>
        <p class="lead">${this.t("recipe.lead")}</p>
      </div>
      <form class="fields" @submit=${this._ask}>
        <label class="field"
          >${this.t("recipe.host")}
          <input name="host" required maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="cameras.example.kz" value=${host} />
          <small>${this.t("recipe.host_hint")}</small>
        </label>
        <fieldset>
          <legend>${this.t("recipe.kind")}</legend>
          ${KINDS.map(
            (kind) => html`<label class="kind"
              ><input type="radio" name="kind" value=${kind} ?checked=${kind === this._kind} @change=${() => this._choose(kind)} />
              <span>${this.t(`kind.${kind}`)}<small>${this.t(`kind.${kind}_hint`)}</small></span></label
            >`,
          )}
        </fieldset>
        <div class="row end"><button class=${this._recipe ? "" : "main"} ?disabled=${this.busy}>${this.t("recipe.show")}</button></div>
      </form>
      <div role="status">${this._recipe ? this._shown(this._recipe) : nothing}</div>
    </section>`;
  }

  _shown({ origin, text }) {
    return html`<div class="fields">
      ${text
        ? html`<h3>${this.t(`recipe.where_${this._kind}`)}</h3>
            <pre tabindex="0" role="region" aria-label=${this.t("recipe.text")}>${text}</pre>
            <div class="row"><button type="button" @click=${this._copy}>${this.t("recipe.copy")}</button></div>`
        : nothing}
      <h3>${this.t("recipe.mind")}</h3>
      <ul class="reasons">
        ${CAVEATS[this._kind].map((each) => html`<li>${this.t(`caveat.${each}`)}</li>`)}
      </ul>
      <div class="row end">
        <button type="button" class="main" ?disabled=${this.busy} @click=${this._take}>${this.t("recipe.take", { origin })}</button>
      </div>
    </div>`;
  }

  _choose(kind) {
    this._kind = kind;
    this._recipe = null;
  }

  async _ask(event) {
    event.preventDefault();
    const typed = String(new FormData(event.target).get("host")).trim();
    const host = typed.replace(/^https:\/\//i, "").replace(/\/+$/, "");
    this._recipe = (await this.act(() => this.desk.ask("portal/recipe", { kind: this._kind, host }))) ?? null;
  }

  async _copy() {
    const done = await copy(this._recipe.text);
    this.say(this.t(done ? "told.copied" : "told.by_hand"), done ? "good" : "bad");
  }

  async _take() {
    const fields = { portal_origin: this._recipe.origin, portal_own_host: this._kind !== "nabu_casa" };
    if (!(await this.tell("portal/set", fields, this.t("saved")))) return;
    this.dispatchEvent(new CustomEvent("kg-changed"));
  }
}

customElements.define("kg-recipe", Recipe);
