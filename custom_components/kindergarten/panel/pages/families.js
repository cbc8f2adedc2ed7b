// The families: groups and what keeps their rooms closed, children, guardians.

import { html, repeat } from "../lit.js";
import { Page } from "../parts/page.js";

class Families extends Page {
  render() {
    return html`<div class="page"><h1>${this.t("place.families")}</h1>
      <ul>${repeat(this.words.sorted(this.table.children), (each) => each.id, (each) => html`<li>${each.name}</li>`)}</ul></div>`;
  }
}

customElements.define("kg-families", Families);
