// Plays footage through hls.js, and knows of every picture when it was taken: nothing is shown under a wrong time.

import { SECOND } from "./recordings_times.js";

/** Apart from the pictures before by more than this, something is missing in between. */
const JUMP_US = 2 * SECOND;
/** A picture so near to where a jump has ended is the one that was jumped to, in seconds. */
const THERE_S = 1;
const SETTINGS = {
  enableWorker: false,
  autoStartLoad: false,
  preferManagedMediaSource: true,
  maxBufferLength: 20,
  maxMaxBufferLength: 40,
  backBufferLength: 30,
  maxBufferHole: 0.6,
};

/** @typedef {{url: string, start_us: number, end_us: number, exact: boolean}} Stretch */
/**
 * @typedef {object} Told what a player tells
 * @property {(us: number, exact: boolean) => void} shows a picture of this time is on the screen
 * @property {(from: number, to: number) => void} jumped nothing was recorded in between
 * @property {(us: number) => void} ended the stretch was played to its end
 * @property {() => void} waiting what is on the screen is not what was asked for
 * @property {(why: "nothing" | "codec" | "lost") => void} failed
 */

/** One video element and what plays in it. */
export class FootagePlayer {
  /** @param {HTMLVideoElement} video @param {(camera: string, at: number) => Promise<Stretch>} open @param {Told} told */
  constructor(video, open, told) {
    this._video = video;
    this._open = open;
    this._told = told;
    this._turn = 0;
    this._camera = "";
    /** @type {Stretch | null} */
    this._stretch = null;
    this._fragments = [];
    this._hls = null;
    this._last = 0;
    this._wanted = null;
    this._stale = false;
    this._frames = 0;
    /** @type {number | null} The newest picture that came while a jump had not ended: there may be no other. */
    this._early = null;
    this._over = () => this._stretch && this._told.ended(this._stretch.end_us);
    video.addEventListener("ended", this._over);
    this._there = () => {
      const early = this._early;
      this._early = null;
      if (early !== null && Math.abs(early - video.currentTime) < THERE_S) this._frame(early);
    };
    video.addEventListener("seeked", this._there);
    this._watch = () => {
      this._frames = video.requestVideoFrameCallback((_now, { mediaTime }) => {
        this._frame(mediaTime);
        this._watch();
      });
    };
    this._watch();
  }

  /** Show a moment; the newest wish counts. @param {string} camera @param {number} at µs @param {boolean} play */
  async show(camera, at, play) {
    const turn = ++this._turn;
    this._wanted = at;
    this._told.waiting();
    const here = this._camera === camera && this._stretch && at >= this._stretch.start_us && at < this._stretch.end_us;
    if (here && this._fragments.length) {
      this._seek(this._position(at), play);
      return;
    }
    // What is still on the screen belongs to another wish.
    this._stale = true;
    try {
      const stretch = await this._open(camera, at);
      if (turn === this._turn) await this._begin(turn, camera, stretch, at, play);
    } catch (refusal) {
      if (turn === this._turn) {
        this._leave();
        throw refusal;
      }
    }
  }

  async play() {
    await this._video.play().catch(() => undefined);
  }

  pause() {
    this._video.pause();
  }

  /** Leave the place black. */
  clear() {
    this._turn += 1;
    this._leave();
  }

  /** End it for good. */
  close() {
    this.clear();
    this._video.cancelVideoFrameCallback(this._frames);
    this._video.removeEventListener("ended", this._over);
    this._video.removeEventListener("seeked", this._there);
  }

  async _begin(turn, camera, stretch, at, play) {
    const { default: Hls } = await import("../vendor/hls.js");
    if (turn !== this._turn) return;
    this._leave();
    this._camera = camera;
    this._stretch = stretch;
    this._wanted = at;
    if (!Hls.isSupported()) {
      this._told.failed("codec");
      return;
    }
    const hls = new Hls(SETTINGS);
    this._hls = hls;
    let mended = false;
    hls.on(Hls.Events.LEVEL_LOADED, (_event, { details }) => {
      this._fragments = details.fragments;
      if (mended) return;
      hls.startLoad(this._position(at));
      if (play) this.play();
    });
    hls.on(Hls.Events.ERROR, (_event, problem) => {
      if (!problem.fatal || hls !== this._hls) return;
      if (problem.response?.code === 404) this._told.failed("nothing");
      else if (problem.type === Hls.ErrorTypes.NETWORK_ERROR) this._told.failed("lost");
      else if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && !mended && !/codec/i.test(problem.details)) {
        mended = true;
        hls.recoverMediaError();
      } else this._told.failed("codec");
    });
    hls.attachMedia(this._video);
    hls.loadSource(stretch.url);
  }

  _leave() {
    this._hls?.destroy();
    this._hls = null;
    this._stretch = null;
    this._fragments = [];
    this._last = 0;
    this._stale = false;
    this._early = null;
    this._video.removeAttribute("src");
    this._video.load();
  }

  _seek(position, play) {
    this._last = 0;
    this._video.currentTime = position;
    if (play) this.play();
  }

  /** Where in the stretch a moment is, or what comes after it. @param {number} at */
  _position(at) {
    if (!this._dated()) return Math.max(0, (at - this._stretch.start_us) / SECOND);
    const ms = at / 1000;
    for (const { start, duration, programDateTime } of this._fragments) {
      if (ms < programDateTime) return start + 0.01;
      if (ms < programDateTime + duration * 1000) return start + (ms - programDateTime) / 1000 + 0.001;
    }
    const last = this._fragments.at(-1);
    return last ? last.start + last.duration - 0.2 : 0;
  }

  _dated() {
    return this._stretch.exact && this._fragments[0]?.programDateTime != null;
  }

  /** When the picture at a position was taken. @param {number} position */
  _moment(position) {
    if (!this._dated()) return this._stretch.start_us + position * SECOND;
    let found = this._fragments[0];
    for (const each of this._fragments) {
      if (each.start > position + 0.005) break;
      found = each;
    }
    return Math.round((found.programDateTime + (position - found.start) * 1000) * 1000);
  }

  _frame(position) {
    if (this._stale || !this._stretch || !this._fragments.length) return;
    const us = this._moment(position);
    const before = this._last;
    const wanted = this._wanted;
    // What is still there from before the jump is told by its own time, and is no answer.
    this._early = this._video.seeking ? position : null;
    if (this._early === null) {
      this._last = us;
      this._wanted = null;
      if (wanted !== null && us > wanted + JUMP_US) this._told.jumped(wanted, us);
      else if (wanted === null && before && us > before + JUMP_US) this._told.jumped(before, us);
    }
    this._told.shows(us, this._dated());
  }
}
