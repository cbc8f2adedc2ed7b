// The picture with its clock. While anything else than what was asked for is on the screen, it is covered and has no clock.

import { css, html, nothing } from "../lit.js";
import { Page } from "../parts/page.js";
import { FootagePlayer } from "./recordings_player.js";

const SPEEDS = [1, 2, 4, 8];
const STEP = 10_000_000;

class Stage extends Page {
  static properties = {
    times: { attribute: false },
    stamp: {},
    _shown: { state: true },
    _wait: { state: true },
    _why: { state: true },
    _playing: { state: true },
    _speed: { state: true },
  };

  static styles = [
    Page.styles,
    css`
      .stage {
        position: relative;
        aspect-ratio: 16 / 9;
        max-height: 62vh;
        width: 100%;
        background: #000;
        border-radius: 8px;
        overflow: hidden;
        display: grid;
        place-items: center;
      }
      video {
        width: 100%;
        height: 100%;
        object-fit: contain;
        display: block;
      }
      .stage[data-wait] video {
        opacity: 0.25;
      }
      .clock {
        position: absolute;
        left: 10px;
        bottom: 10px;
        padding: 4px 10px;
        border-radius: 6px;
        background: rgb(0 0 0 / 72%);
        color: #fff;
        font-size: 15px;
        font-weight: 500;
        font-variant-numeric: tabular-nums;
      }
      .over {
        position: absolute;
        padding: 10px 16px;
        border-radius: 8px;
        background: rgb(0 0 0 / 78%);
        color: #fff;
        max-width: 80%;
        text-align: center;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 12px;
        align-items: center;
      }
      .bar select {
        width: auto;
        min-height: 40px;
      }
      .stage:fullscreen {
        max-height: none;
        border-radius: 0;
      }
    `,
  ];

  constructor() {
    super();
    this._shown = 0;
    this._wait = false;
    this._why = "";
    this._playing = false;
    this._speed = 1;
    this._exact = true;
    this._aside = false;
  }

  firstUpdated() {
    this._made();
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) this._made();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this._player?.close();
    this._player = null;
  }

  _made() {
    const video = this.renderRoot.querySelector("video");
    video.muted = true;
    const tell = (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail }));
    this._player = new FootagePlayer(video, (camera, at) => this._stretch(camera, at), {
      shows: (us, exact) => {
        if (this._aside) return;
        this._exact = exact;
        this._shown = us;
        if (!video.seeking) this._wait = false;
        if (!this._wait) tell("kg-shows", { us });
      },
      jumped: (from, to) => tell("kg-jumped", { from, to }),
      ended: (us) => tell("kg-ended", { us }),
      waiting: () => {
        this._wait = true;
        this._why = "";
      },
      failed: (why) => this._failed(why),
    });
  }

  /** Whoever has a stretch already gives it once; else it is asked for. @param {string} camera @param {number} at */
  async _stretch(camera, at) {
    const given = this._given;
    this._given = null;
    return given ?? this.desk.ask("footage/play", { camera, at_us: at });
  }

  get playing() {
    return this._playing;
  }

  /** When the picture on the screen was taken, µs. */
  get shown() {
    return this._shown;
  }

  /**
   * Show a moment of a camera.
   * @param {{uid: string, name: string, browser: boolean | null}} camera @param {number} at µs @param {boolean} play
   * @param {object} [stretch] where it plays, if that is known
   */
  async show(camera, at, play, stretch) {
    this._aside = false;
    this._name = camera.name;
    this._camera = camera;
    this._given = stretch ?? null;
    try {
      await this._player?.show(camera.uid, at, play);
    } catch (refusal) {
      this._wait = true;
      this._why = this.desk.why(refusal, this.words);
    }
  }

  /** What is on the screen is not asked for any more. */
  aside() {
    this._aside = true;
    this._wait = true;
  }

  /** There is nothing to show. */
  blank() {
    this._aside = false;
    this._player?.clear();
    this._shown = 0;
    this._wait = false;
    this._why = "";
  }

  _failed(why) {
    this._wait = true;
    this._why = this.t(why === "codec" && this._camera?.browser === false ? "stage.hevc" : `stage.${why}`);
  }

  render() {
    const off = !this._shown && !this._wait;
    const video = () => this.renderRoot.querySelector("video");
    const key = this._playing ? "stage.pause" : "stage.play";
    return html`<div class="stage" ?data-wait=${this._wait}>
        <video
          class="footage"
          playsinline
          disablepictureinpicture
          tabindex="-1"
          aria-label=${this.t("stage.picture", { name: this._name ?? "" })}
          @play=${() => (this._playing = true)}
          @pause=${() => (this._playing = false)}
        ></video>
        ${this._wait ? html`<div class="over" role="status">${this._why || this.t("stage.wait")}</div>` : nothing}
        ${this._shown && !this._wait ? html`<div class="clock" data-us=${this._shown}>${this._exact ? "" : "≈ "}${this.times.full(this._shown)}</div>` : nothing}
        ${off ? html`<div class="over">${this.t("stage.nothing")}</div>` : nothing}
      </div>
      <div class="bar">
        <button type="button" class="main" ?disabled=${off} @click=${() => (this._playing ? this._player.pause() : this._player.play())}>${this.t(key)}</button>
        <button type="button" ?disabled=${off} @click=${() => this._step(-STEP)}>${this.t("stage.back")}</button>
        <button type="button" ?disabled=${off} @click=${() => this._step(STEP)}>${this.t("stage.on")}</button>
        <select aria-label=${this.t("stage.speed")} @change=${(event) => this._fast(video(), Number(event.target.value))}>
          ${SPEEDS.map((each) => html`<option value=${each} ?selected=${each === this._speed}>${each}×</option>`)}
        </select>
        ${document.fullscreenEnabled
          ? html`<button type="button" @click=${() => this.renderRoot.querySelector(".stage").requestFullscreen().catch(() => undefined)}>${this.t("stage.full")}</button>`
          : nothing}
        ${this._exact ? nothing : html`<span class="soft">${this.t("stage.about")}</span>`}
      </div>`;
  }

  _fast(video, speed) {
    this._speed = speed;
    video.defaultPlaybackRate = video.playbackRate = speed;
  }

  _step(us) {
    this.dispatchEvent(new CustomEvent("kg-step", { detail: { us, play: this._playing } }));
  }
}

customElements.define("kg-stage", Stage);
