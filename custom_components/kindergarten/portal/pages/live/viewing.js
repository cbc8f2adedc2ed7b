// One stretch of watching, as the kindergarten counts it: begun, kept alive by beats, ended.

import { lastWord, post } from "../api.js";

/**
 * @typedef {object} Begun
 * @property {string} id
 * @property {"video" | "stills"} mode
 * @property {string[]} watermark
 * @property {number} beat_s
 * @property {number} still_watching_s
 */

/**
 * A viewing. `over` is called once, with the reason when the kindergarten gave one; `mode` when it changes between
 * video and stills.
 */
export class Viewing {
  /**
   * @param {Begun} begun
   * @param {{over: (code: string | undefined) => void, left: (seconds: number) => void, mode: () => void}} on
   */
  constructor(begun, on) {
    this.begun = begun;
    this.on = on;
    this.ended = false;
    this.active = false;
    this.touched = () => {
      this.active = true;
    };
    for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, this.touched);
    this.timer = setInterval(() => void this.beat(), begun.beat_s * 1000);
    this.gone = () => this.end();
    window.addEventListener("pagehide", this.gone);
    on.left(begun.still_watching_s);
  }

  /** The address of a part of it. @param {"live" | "still" | "beat" | "end"} part */
  path(part) {
    return `v/${this.begun.id}/${part}`;
  }

  /**
   * Tell that somebody is (still) looking.
   * @returns {Promise<boolean>} whether the viewing goes on, as far as anybody can tell
   */
  async beat() {
    if (this.ended) return false;
    const active = this.active;
    this.active = false;
    const answer = await post(this.path("beat"), { visible: document.visibilityState === "visible", active });
    if (this.ended) return false;
    if (answer.ok) this.heard(answer.data);
    else if (answer.status === 410 || answer.status === 404) this.close(answer.data.code);
    else this.active ||= active;
    return !this.ended;
  }

  /** @param {{left_s: number, mode?: "video" | "stills"}} news */
  heard({ left_s, mode }) {
    this.on.left(left_s);
    if (!mode || mode === this.begun.mode) return;
    this.begun.mode = mode;
    this.on.mode();
  }

  /** @param {string | undefined} code */
  close(code) {
    if (this.ended) return;
    this.forget();
    this.on.over(code);
  }

  /** The parent ends it. */
  end() {
    if (this.ended) return;
    this.forget();
    lastWord(this.path("end"));
  }

  forget() {
    this.ended = true;
    clearInterval(this.timer);
    for (const event of ["pointerdown", "keydown"]) document.removeEventListener(event, this.touched);
    window.removeEventListener("pagehide", this.gone);
  }
}

/** @param {string} room @returns {Promise<import("../api.js").Answer>} 201 with a `Begun`, or why not */
export const begin = (room) => post("viewings", { room });
