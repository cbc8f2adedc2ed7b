// Does something every two seconds, or less often, as long as an element is on the page.

const EVERY_MS = 2000;

/** Part of an element; made once in its constructor. */
export class Poll {
  /** @param {import("../lit.js").LitElement} host @param {() => void} look @param {number} [every] milliseconds */
  constructor(host, look, every = EVERY_MS) {
    this._look = look;
    this._every = every;
    this._timer = 0;
    host.addController(this);
  }

  hostConnected() {
    this._timer = setInterval(this._look, this._every);
  }

  hostDisconnected() {
    clearInterval(this._timer);
  }
}
