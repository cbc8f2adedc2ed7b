// What a camera sees, a new picture every few seconds: only while it is on the screen, and few at a time.

import { LitElement, html, nothing } from "../lit.js";
import { decode, draw, frame } from "./frame.js";

const EVERY_MS = 5000;
const AT_ONCE = 2;

let running = 0;
/** @type {(() => void)[]} */
const queue = [];

/** Decoding costs the machine that records: no browser asks for more than two pictures at a time. @template T @param {() => Promise<T>} deed */
async function inTurn(deed) {
  if (running >= AT_ONCE) await new Promise((go) => queue.push(() => go(undefined)));
  running += 1;
  try {
    return await deed();
  } finally {
    running -= 1;
    queue.shift()?.();
  }
}

class Still extends LitElement {
  static properties = {
    desk: { attribute: false },
    camera: {},
    label: {},
    none: {},
    /** Whether new pictures come; else one is enough. */
    fresh: { type: Boolean },
    _state: { state: true },
  };

  static styles = frame;

  constructor() {
    super();
    this._state = "waiting";
    this._seen = false;
    this._asking = false;
    this._watcher = new IntersectionObserver((entries) => this._look(entries.at(-1).isIntersecting));
    this._shown = () => this._next(0);
  }

  connectedCallback() {
    super.connectedCallback();
    this._watcher.observe(this);
    document.addEventListener("visibilitychange", this._shown);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this._watcher.disconnect();
    document.removeEventListener("visibilitychange", this._shown);
    clearTimeout(this._timer);
    this._seen = false;
  }

  updated(changed) {
    if (changed.has("camera")) this._state = "waiting";
    if (changed.has("camera") || (changed.has("fresh") && this.fresh)) this._next(0);
  }

  render() {
    const has = this._state === "picture";
    return html`<canvas class=${has ? "" : "none"} width="640" height="360" role="img" aria-label=${this.label}></canvas>
      ${this._state === "none" ? html`<p>${this.none}</p>` : nothing}`;
  }

  _look(seen) {
    this._seen = seen;
    if (seen) this._next(0);
    else clearTimeout(this._timer);
  }

  _next(after) {
    clearTimeout(this._timer);
    if (this._seen && this.isConnected && !document.hidden) this._timer = setTimeout(() => this._ask(), after);
  }

  async _ask() {
    if (this._asking) return;
    this._asking = true;
    const camera = this.camera;
    try {
      const { jpeg } = await inTurn(() => this.desk.ask("camera/still", { camera_id: camera }));
      const picture = await decode(jpeg);
      if (camera === this.camera) this._draw(picture);
      picture.close();
    } catch {
      // An older picture stays: what stands beside it says since when nothing has come.
      if (this._state !== "picture") this._state = "none";
    } finally {
      this._asking = false;
    }
    if (this.fresh || this._state !== "picture") this._next(EVERY_MS);
  }

  _draw(picture) {
    draw(this.renderRoot.querySelector("canvas"), picture);
    this._state = "picture";
  }
}

customElements.define("kg-still", Still);
