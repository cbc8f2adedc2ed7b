// The viewer's name over the moving picture. Who takes it away takes the picture away.

import { h } from "../dom.js";
import { keepsStill } from "../browser.js";
import { serverNow } from "../api.js";
import { clock } from "../times.js";

const PLACES = 6;
const MOVE_MS = 9000;
const LOOK_MS = 500;
const SMALLEST_PX = 11;

/**
 * Lay a watermark over the stage.
 * @param {HTMLElement} stage
 * @param {string[]} lines the guardian's short name, the viewing's code
 * @param {() => void} tampered called once when somebody hides or changes it
 * @returns {() => void} takes it away
 */
export function layWatermark(stage, lines, tampered) {
  const [name, ...codes] = lines;
  const time = h("span", {});
  const mark = h(
    "div",
    { class: keepsStill() ? "watermark jump" : "watermark", "aria-hidden": "true" },
    h("span", {}, name),
    h("span", {}, time, " · ", codes.join(" · ")),
  );
  let place = Math.floor(Math.random() * PLACES);
  const move = () => {
    place = (place + 1 + Math.floor(Math.random() * (PLACES - 1))) % PLACES;
    mark.dataset.place = String(place);
  };
  const tell = () => {
    time.textContent = clock(serverNow() * 1000);
  };
  tell();
  move();
  stage.append(mark);
  const said = () => mark.textContent?.replace(time.textContent ?? "", "");
  const truth = said();

  const seen = () => {
    if (mark.parentElement !== stage || !mark.isConnected || said() !== truth) return false;
    const box = mark.getBoundingClientRect();
    const frame = stage.getBoundingClientRect();
    const inside =
      box.width > 20 && box.height > 10 && box.left >= frame.left - 1 && box.right <= frame.right + 1 &&
      box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
    return inside && [mark, ...mark.querySelectorAll("span")].every(readable);
  };
  const checks = setInterval(check, LOOK_MS);
  const moves = setInterval(move, MOVE_MS);
  const times = setInterval(tell, 5000);
  const watcher = new MutationObserver(check);
  watcher.observe(stage, { childList: true, attributes: true, subtree: true, attributeFilter: ["class", "style", "hidden"] });

  function stop() {
    clearInterval(checks);
    clearInterval(moves);
    clearInterval(times);
    watcher.disconnect();
    mark.remove();
  }
  function check() {
    if (document.visibilityState !== "visible" || seen()) return;
    stop();
    tampered();
  }
  return stop;
}

/** Whether an element's words can be read. @param {Element} element */
function readable(element) {
  const look = getComputedStyle(element);
  return (
    look.display !== "none" && look.visibility === "visible" && Number(look.opacity) >= 0.6 &&
    parseFloat(look.fontSize) >= SMALLEST_PX && look.color === "rgb(255, 255, 255)" &&
    (look.clipPath === "none" || !look.clipPath) && look.filter === "none" && look.mixBlendMode === "normal"
  );
}
