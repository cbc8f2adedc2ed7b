// Data saver: one still a second, never two on the way at once.

import { ask, serverNow } from "../api.js";

const EVERY_MS = 1000;
const RETRY_MS = 1500;
const AWAY_MS = 3000;
const PATIENCE_MS = 10_000;

/**
 * Fetch the newest still and show it.
 * @param {HTMLImageElement} image
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<{status: number, bytes: number, behindS: number}>} status 0: nothing came
 */
export async function showStill(image, path, signal) {
  const response = await ask(path, { signal }, PATIENCE_MS);
  if (!response) return { status: 0, bytes: 0, behindS: 0 };
  if (!response.ok) return { status: response.status, bytes: 0, behindS: 0 };
  const blob = await response.blob().catch(() => null);
  if (!blob || signal?.aborted) return { status: 0, bytes: 0, behindS: 0 };
  const address = URL.createObjectURL(blob);
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    if (!signal?.aborted) image.src = address;
    await image.decode().catch(() => {});
  } catch {
    return { status: 0, bytes: blob.size, behindS: 0 };
  } finally {
    URL.revokeObjectURL(address);
  }
  const taken = Number(response.headers.get("X-Time-Us")) / 1000;
  return { status: 200, bytes: blob.size, behindS: taken ? Math.max(0, (serverNow() - taken) / 1000) : 1 };
}

/**
 * Show stills until told to stop.
 * @param {HTMLImageElement} image
 * @param {string} path
 * @param {import("./video.js").Told} on
 * @returns {import("./video.js").Player}
 */
export function playStills(image, path, on) {
  const stop = new AbortController();
  let lastMs = performance.now();
  async function run() {
    while (!stop.signal.aborted) {
      const began = performance.now();
      const { status, bytes, behindS } = await showStill(image, path, stop.signal);
      if (stop.signal.aborted) return;
      on.used(bytes);
      if (status === 404 || status === 410) return on.gone();
      if (status === 200) {
        lastMs = performance.now();
        on.playing(behindS);
      } else if (status === 0) on.lost();
      else if (performance.now() - lastMs > AWAY_MS) on.away();
      const wait = status === 200 ? EVERY_MS - (performance.now() - began) : RETRY_MS;
      await new Promise((resolve) => setTimeout(resolve, Math.max(50, wait)));
    }
  }
  void run();
  return {
    tap() {},
    stop() {
      stop.abort();
      image.removeAttribute("src");
    },
  };
}
