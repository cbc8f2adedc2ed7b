// P4: a still at once, then the moving picture, as long as it may be seen.

import { address } from "../api.js";
import { announce } from "../announce.js";
import { savesData } from "../browser.js";
import { h } from "../dom.js";
import { current, t } from "../i18n.js";
import { playStills, showStill } from "../live/stills.js";
import { Stage } from "../live/stage.js";
import { StillWatching } from "../live/still_watching.js";
import { begin, Viewing } from "../live/viewing.js";
import { playsVideo, playVideo } from "../live/video.js";
import { layWatermark } from "../live/watermark.js";
import { remember, remembered } from "../memory.js";
import { sameRoom } from "../me.js";
import { button } from "../parts/button.js";
import { queue } from "./queue.js";

/** Nothing moved for so long: the network is too weak for video. */
const WEAK_S = 6;
const SOON_MS = 10_000;
/** Since the camera was said to be away, that nothing moves is no fault of the network. */
const AWAY_MS = 12_000;

/** @typedef {import("../me.js").Room} Room */

class Live {
  /** @param {import("../app.js").App} app @param {Room} room */
  constructor(app, room) {
    this.app = app;
    this.room = room;
    this.left = false;
    /** Whether the viewing ended so that only a tap may begin another. */
    this.done = false;
    this.weak = false;
    this.saver = remembered("saver") ? remembered("saver") === "on" : savesData();
    this.bytes = 0;
    this.restartedMs = -Infinity;
    this.missedMs = -Infinity;
    this.awayMs = -Infinity;
    this.turn = 0;
    /** @type {Viewing | null} */
    this.viewing = null;
    /** @type {import("../live/video.js").Player | null} */
    this.player = null;
    this.first = new AbortController();
    /** @type {(() => void) | null} */
    this.unmark = null;
    this.stage = new Stage(room.name, () => this.tampered());
    this.watching = new StillWatching(() => this.here(), () => this.finish("idle"));
    this.used = h("span", { class: "used" }, t("live.used", { mb: "0" }));
    this.note = h("p", { class: "hint", role: "status" });
    this.saverButton = this.makeSaverButton();
    this.seen = () => void this.visibility();
    document.addEventListener("visibilitychange", this.seen);
  }

  makeSaverButton() {
    const made = button(t("live.saver"), () => this.setSaver(!this.saver), { kind: "quiet", drawing: "still" });
    made.setAttribute("aria-pressed", String(this.saver));
    return made;
  }

  // -- begin and end -------------------------------------------------------------------------

  async begin() {
    const turn = ++this.turn;
    const answer = await begin(this.room.id);
    if (this.left || turn !== this.turn) return;
    if (!answer.ok) return this.notBegun(answer);
    this.viewing = new Viewing(answer.data, {
      over: (code) => void this.over(code),
      left: (seconds) => this.watching.set(seconds),
      mode: () => void this.play(),
    });
    this.unmark = layWatermark(this.stage.node, this.viewing.begun.watermark, () => this.tampered());
    await this.play();
  }

  /** @param {import("../api.js").Answer} answer */
  notBegun(answer) {
    const again = () => this.app.go("live", this.room.id);
    if (answer.status === 409 && answer.data.code === "full") {
      return this.app.show(queue, { room: this.room, place: answer.data.place });
    }
    return this.app.explain(answer, again, this.room);
  }

  /** Take the picture away, at once. */
  blank() {
    this.turn++;
    this.first.abort();
    this.player?.stop();
    this.player = null;
    this.stage.blank();
  }

  unwatch() {
    this.blank();
    this.unmark?.();
    this.unmark = null;
  }

  /** The kindergarten ended the viewing: say why. @param {string | undefined} code */
  async over(code) {
    this.unwatch();
    if (this.left) return undefined;
    this.done = code === "elsewhere" || code === "idle";
    this.stage.wait(t("live.asking"));
    const { turn } = this;
    const me = await this.app.refresh();
    if (this.left) return undefined; // the reason is shown already
    if (!me) return this.app.say("offline", { again: () => this.app.go("live", this.room.id) });
    const room = sameRoom(me.rooms, this.room);
    if (!room) return this.app.say("access_ended");
    if (!room.open) return this.app.say(room.reason, { opens_at_us: room.opens_at_us, room });
    this.room = room;
    if (this.done) return this.finish(/** @type {string} */ (code));
    if (turn !== this.turn) return undefined; // whoever came back to the page has begun again already
    if (document.visibilityState !== "visible") return undefined;
    if (performance.now() - this.restartedMs < SOON_MS) return this.finish("ended");
    this.restartedMs = performance.now();
    return this.begin();
  }

  /** @param {string} code */
  finish(code) {
    this.viewing?.end();
    this.unwatch();
    this.app.say(code, { again: () => this.app.go("live", this.room.id) });
  }

  tampered() {
    this.finish("tampered");
  }

  leave() {
    this.left = true;
    document.removeEventListener("visibilitychange", this.seen);
    this.viewing?.end();
    this.unwatch();
    this.watching.stop();
    this.stage.narrow();
  }

  // -- the picture ---------------------------------------------------------------------------

  get stills() {
    return this.saver || this.weak || this.viewing?.begun.mode === "stills" || !playsVideo();
  }

  async play() {
    const viewing = this.viewing;
    if (!viewing || viewing.ended) return;
    this.blank();
    const turn = this.turn;
    this.stage.wait(t("live.opening"));
    const on = this.told(turn);
    if (this.stills) {
      this.player = playStills(this.stage.still, viewing.path("still"), on);
      return;
    }
    void this.firstStill(viewing, turn, on);
    try {
      const player = await playVideo(this.stage.video, address(viewing.path("live")), on);
      if (turn === this.turn) this.player = player;
      else player.stop();
    } catch {
      on.failed(); // the player itself did not come
    }
  }

  /** Something to see before the video moves. @param {Viewing} viewing @param {number} turn @param {import("../live/video.js").Told} on */
  async firstStill(viewing, turn, on) {
    this.first = new AbortController();
    const { status, bytes } = await showStill(this.stage.still, viewing.path("still"), this.first.signal);
    if (turn !== this.turn) return undefined; // and its picture never came to the page
    on.used(bytes);
    if (status === 404 || status === 410) return on.gone();
    if (status === 503) on.away();
    if (status === 200 && this.stage.node.dataset.shows !== "video") {
      this.stage.show("still");
      this.stage.uncover();
      this.stage.say("saver", t("live.still_first"));
    }
    return undefined;
  }

  /** Something was not found: the picture goes at once, and comes back only if the viewing goes on. */
  async missed() {
    this.blank();
    this.stage.wait(t("live.asking"));
    const { turn, viewing } = this;
    const soon = performance.now() - this.missedMs < SOON_MS;
    this.missedMs = performance.now();
    if (!(await viewing?.beat())) return;
    if (soon) await new Promise((resolve) => setTimeout(resolve, 2000));
    if (turn === this.turn) await this.play();
  }

  /** What the player tells, as long as it is this one. @param {number} turn @returns {import("../live/video.js").Told} */
  told(turn) {
    const now = (/** @type {Function} */ act) => (/** @type {any} */ value) => turn === this.turn && act(value);
    return {
      playing: now((/** @type {number} */ behindS) => this.playing(behindS)),
      stalled: now((/** @type {number} */ seconds) => this.stalled(seconds)),
      used: (bytes) => this.count(bytes),
      gone: now(() => void this.missed()),
      away: now(() => this.away()),
      stills: now(() => {
        if (this.viewing) this.viewing.begun.mode = "stills";
        void this.play();
      }),
      lost: now(() => this.stage.wait(t("live.lost"))),
      failed: now(() => this.tooWeak("live.no_video")),
      blocked: now(() => this.stage.askForTap(() => this.player?.tap())),
    };
  }

  /** @param {number} behindS */
  playing(behindS) {
    const seconds = Math.max(1, Math.round(behindS));
    this.stage.show(this.stills ? "still" : "video");
    this.stage.uncover();
    this.stage.say(this.stills ? "saver" : "live", t(this.stills ? "live.every_second" : "live.live", { seconds }));
    if (!this.said) announce(t("live.now", { room: this.room.name }));
    this.said = true;
  }

  /** The camera gives no picture; the viewing goes on. */
  away() {
    this.awayMs = performance.now();
    this.stage.wait(t("live.away"));
  }

  /** @param {number} seconds */
  stalled(seconds) {
    if (performance.now() - this.awayMs < AWAY_MS) return;
    if (seconds > WEAK_S && navigator.onLine && !this.stills) this.tooWeak("live.weak");
    else if (seconds > 2.5) this.stage.wait(t(navigator.onLine ? "live.slow" : "live.lost"));
  }

  /** @param {string} text why stills now */
  tooWeak(text) {
    this.weak = true;
    this.note.textContent = t(text);
    this.saverButton.setAttribute("aria-pressed", "true");
    void this.play();
  }

  /** @param {boolean} wanted */
  setSaver(wanted) {
    const before = this.stills;
    this.saver = before ? false : wanted;
    this.weak = false;
    remember("saver", this.saver ? "on" : "off");
    this.saverButton.setAttribute("aria-pressed", String(this.stills));
    this.note.textContent = !this.saver && this.stills ? t("live.no_video") : "";
    void this.play();
  }

  /** @param {number} bytes */
  count(bytes) {
    this.bytes += bytes;
    const mb = new Intl.NumberFormat(current(), { maximumFractionDigits: 1 }).format(this.bytes / 1e6);
    this.used.textContent = t("live.used", { mb });
  }

  here() {
    if (!this.viewing) return;
    this.viewing.active = true;
    void this.viewing.beat();
  }

  async visibility() {
    if (document.visibilityState !== "visible") {
      this.blank();
      if (this.viewing && !this.viewing.ended) void this.viewing.beat();
      return;
    }
    if (this.done) return;
    this.stage.wait(t("live.opening"));
    if (!this.viewing || this.viewing.ended) await this.begin();
    else if (await this.viewing.beat()) await this.play();
  }

  /** @returns {import("../dom.js").Child[]} */
  content() {
    const { limits } = /** @type {import("../me.js").Me} */ (this.app.me);
    const enough = limits.daily_soft_s > 0 && limits.today_s >= limits.daily_soft_s;
    return [
      h("h1", { class: "room-name" }, this.room.name, " ", h("span", { class: "hint" }, this.room.child)),
      this.stage.node,
      this.watching.node,
      h("div", { class: "controls" }, this.saverButton,
        button(t("live.stop"), () => this.app.go("rooms"), { kind: "quiet", drawing: "stop" })),
      this.note,
      h("p", { class: "small" }, this.used),
      enough && h("p", { class: "card soft" }, t("live.enough", { n: Math.round(limits.today_s / 60) })),
      h("p", { class: "small" }, t("live.reminder")),
    ];
  }
}

/** @type {import("../app.js").ScreenMaker} */
export function screen(app, id) {
  const me = /** @type {import("../me.js").Me} */ (app.me);
  const room = me.rooms.find((one) => one.id === id);
  if (!room) {
    queueMicrotask(() => app.go("rooms"));
    return { title: "", tab: "rooms", content: [] };
  }
  const live = new Live(app, room);
  void live.begin();
  return { title: room.name, tab: "rooms", leave: () => live.leave(), content: live.content() };
}
