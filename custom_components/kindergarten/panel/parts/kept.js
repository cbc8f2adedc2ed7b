// A still that was kept with a change of what a camera sees: asked for once, when it comes onto the screen.

import { LitElement, css, html, nothing } from "../lit.js";
import { decode, draw, frame } from "./frame.js";

class Kept extends LitElement {
  static properties = {
    desk: { attribute: false },
    /** What `sight_still` wants to know. */
    wanted: { attribute: false },
    label: {},
    none: {},
    _state: { state: true },
  };

  static styles = [
    frame,
    css`
      :host {
        border-radius: 8px;
      }
    `,
  ];

  constructor() {
    super();
    this._state = "waiting";
    this._watcher = new IntersectionObserver((entries) => {
      if (!entries.at(-1).isIntersecting) return;
      this._watcher.disconnect();
      this._ask();
    });
  }

  connectedCallback() {
    super.connectedCallback();
    if (this._state === "waiting") this._watcher.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this._watcher.disconnect();
  }

  render() {
    return html`<canvas class=${this._state === "picture" ? "" : "none"} width="640" height="360" role="img" aria-label=${this.label}></canvas>
      ${this._state === "none" ? html`<p>${this.none}</p>` : nothing}`;
  }

  async _ask() {
    try {
      const { jpeg } = await this.desk.ask("sight_still", this.wanted);
      const picture = await decode(jpeg);
      draw(this.renderRoot.querySelector("canvas"), picture);
      picture.close();
      this._state = "picture";
    } catch {
      this._state = "none";
    }
  }
}

customElements.define("kg-kept-still", Kept);
