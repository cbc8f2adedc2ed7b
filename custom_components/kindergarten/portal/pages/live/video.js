// Moving pictures through hls.js, on every browser alike. No native HLS: cookies and watermark fail there.

import { serverNow } from "../api.js";

const LOOK_MS = 500;
const RETRY_MS = 1500;
const CAMERA_AWAY_MS = 3000;
/** Further behind than this is caught up with a jump, as after a tunnel or sleep. */
const FAR_BEHIND_S = 8;

/** So long a list that comes and has nothing new in it is the camera's doing, not the network's. */
const NOTHING_NEW_MS = 3500;
/** So long the first list may be held while the camera is opened. */
const FIRST_HELD_MS = 8500;

/** The playlist is held until there is something new: up to 8 s the first time, later 2 s. */
const HELD = {
  default: {
    maxTimeToFirstByteMs: 12_000,
    maxLoadTimeMs: 15_000,
    timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 0, retryDelayMs: 0, maxRetryDelayMs: 0 },
  },
};

const SETTINGS = {
  enableWorker: false,
  lowLatencyMode: false,
  preferManagedMediaSource: true,
  startPosition: -1,
  startFragPrefetch: true,
  liveSyncDuration: 2.2,
  liveMaxLatencyDuration: 7,
  maxLiveSyncPlaybackRate: 1.15,
  liveDurationInfinity: true,
  maxBufferLength: 8,
  maxMaxBufferLength: 12,
  maxBufferHole: 0.5,
  backBufferLength: 4,
  manifestLoadPolicy: HELD,
  playlistLoadPolicy: HELD,
};

/**
 * @typedef {object} Player
 * @property {() => void} stop ends it and leaves the place black
 * @property {() => void} tap tries again after the browser refused to start by itself
 */
/**
 * @typedef {object} Told what a player tells
 * @property {(behindS: number) => void} playing pictures move; how old they are
 * @property {(seconds: number) => void} stalled nothing has moved for so long
 * @property {(bytes: number) => void} used
 * @property {() => void} gone something was not found: the viewing is over, or the player fell out of the ring
 * @property {() => void} away the camera gives no picture now
 * @property {() => void} stills this viewing has stills only
 * @property {() => void} lost no connection
 * @property {() => void} failed this browser cannot play it
 * @property {() => void} blocked the browser wants a tap first
 */

/** Whether this browser can play what the kindergarten sends. */
export function playsVideo() {
  const source = /** @type {any} */ (window).ManagedMediaSource ?? window.MediaSource;
  return Boolean(source?.isTypeSupported?.('video/mp4; codecs="avc1.42E01E"'));
}

/**
 * Play a viewing.
 * @param {HTMLVideoElement} video
 * @param {string} address of the playlist
 * @param {Told} on
 * @returns {Promise<Player>}
 */
export async function playVideo(video, address, on) {
  const { default: Hls } = await import("../vendor/hls.light.min.mjs");
  const hls = new Hls(SETTINGS);
  let over = false;
  let mended = false;
  let at = 0;
  let movedMs = performance.now();
  let newest = -1;
  let newMs = performance.now();
  let listedMs = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;

  const start = () =>
    video.play().catch((/** @type {DOMException} */ problem) => {
      if (!over && problem.name === "NotAllowedError") on.blocked();
    });
  const again = (wait = RETRY_MS) => {
    clearTimeout(retry);
    retry = setTimeout(() => {
      if (over) return;
      if (hls.levels.length) hls.startLoad(-1);
      else hls.loadSource(address);
    }, wait);
  };
  hls.on(Hls.Events.MANIFEST_PARSED, start);
  hls.on(Hls.Events.LEVEL_LOADED, (/** @type {any} */ _event, /** @type {any} */ data) => {
    listedMs = performance.now();
    if (newest < 0) movedMs = listedMs; // from now on it is the network's turn
    if (data.details.endSN !== newest) newMs = listedMs;
    newest = data.details.endSN;
  });
  hls.on(Hls.Events.FRAG_LOADED, (/** @type {any} */ _event, /** @type {any} */ data) => on.used(data.frag.stats?.total ?? 0));
  hls.on(Hls.Events.ERROR, (/** @type {any} */ _event, /** @type {any} */ data) => {
    if (over) return;
    const status = data.response?.code;
    if (status === 404 || status === 410) return on.gone();
    if (status === 409) return on.stills();
    if (status === 503) {
      on.away();
      return again(CAMERA_AWAY_MS);
    }
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      on.lost();
      again();
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
    } else on.failed();
  });

  const behind = () => {
    const shown = hls.playingDate?.getTime();
    return shown ? Math.max(0, (serverNow() - shown) / 1000) : hls.latency;
  };
  const look = () => {
    const now = performance.now();
    // A jump to the newest second sets the time too, but shows nothing until that second is here.
    if (video.currentTime !== at && !video.seeking && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      at = video.currentTime;
      movedMs = now;
      on.playing(behind());
    } else if (now - newMs > NOTHING_NEW_MS && now - listedMs < NOTHING_NEW_MS) on.away();
    else if (!video.paused || !video.readyState) on.stalled((now - movedMs - (newest < 0 ? FIRST_HELD_MS : 0)) / 1000);
    const edge = hls.liveSyncPosition;
    if (edge && hls.latency > FAR_BEHIND_S && edge > video.currentTime + 1) video.currentTime = edge;
  };
  const watch = setInterval(look, LOOK_MS);
  const online = () => again(0);
  window.addEventListener("online", online);

  hls.attachMedia(video);
  hls.loadSource(address);
  return {
    tap: start,
    stop() {
      over = true;
      clearInterval(watch);
      clearTimeout(retry);
      window.removeEventListener("online", online);
      hls.destroy();
      video.removeAttribute("src");
      video.load();
    },
  };
}
