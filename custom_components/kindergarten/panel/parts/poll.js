// Does something every two seconds as long as an element is on the page.

const EVERY_MS = 2000;

/** Part of an element; made once in its constructor. */
export class Poll {
  /** @param {import("../lit.js").LitElement} host @param {() => void} look */
  constructor(host, look) {
    this._look = look;
    this._timer = 0;
    host.addController(this);
  }

  hostConnected() {
    this._timer = setInterval(this._look, EVERY_MS);
  }

  hostDisconnected() {
    clearInterval(this._timer);
  }
}
