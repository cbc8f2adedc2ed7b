// A still that was kept with a change of what a camera sees: asked for once, when it comes onto the screen.

import { LitElement, css, html, nothing } from "../lit.js";

class Kept extends LitElement {
  static properties = {
    desk: { attribute: false },
    /** What `sight_still` wants to know. */
    wanted: { attribute: false },
    label: {},
    none: {},
    _state: { state: true },
  };

  static styles = css`
    :host {
      display: grid;
      place-items: center;
      aspect-ratio: 16 / 9;
      overflow: hidden;
      border-radius: 8px;
      background: #16181a;
      color: #d8dadc;
    }
    canvas,
    p {
      grid-area: 1 / 1;
    }
    canvas {
      width: 100%;
      height: 100%;
      object-fit: contain;
    }
    canvas.none {
      visibility: hidden;
    }
    p {
      margin: 0;
      padding: 12px;
      text-align: center;
    }
  `;

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
      const bytes = Uint8Array.from(atob(jpeg), (each) => each.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
      const canvas = this.renderRoot.querySelector("canvas");
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.getContext("2d").drawImage(picture, 0, 0);
      picture.close();
      this._state = "picture";
    } catch {
      this._state = "none";
    }
  }
}

customElements.define("kg-kept-still", Kept);
