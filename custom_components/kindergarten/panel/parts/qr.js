// A QR code, drawn from the modules that the integration returns.

import { LitElement, css, html, nothing, svg } from "../lit.js";

const BORDER = 4;

class Qr extends LitElement {
  static properties = { desk: { attribute: false }, text: {}, label: {}, _rows: { state: true } };

  static styles = css`
    :host {
      display: block;
      width: min(100%, 264px);
      aspect-ratio: 1;
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
      border-radius: 12px;
      border: 1px solid var(--line);
      background: #fff;
    }
  `;

  willUpdate(changed) {
    if (!changed.has("text")) return;
    const text = this.text;
    this._rows = null;
    // Without a code the address beside it still leads there.
    if (text) this.desk.ask("qr", { text }).then(({ rows }) => text === this.text && (this._rows = rows), () => undefined);
  }

  render() {
    if (!this._rows) return nothing;
    const size = this._rows.length + 2 * BORDER;
    const dark = this._rows.flatMap((row, y) =>
      [...row.matchAll(/1+/g)].map(({ 0: run, index }) => `M${index + BORDER} ${y + BORDER}h${run.length}v1h-${run.length}z`),
    );
    return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${this.label} shape-rendering="crispEdges">
      ${svg`<path d=${dark.join("")} fill="#000"></path>`}
    </svg>`;
  }
}

customElements.define("kg-qr", Qr);
