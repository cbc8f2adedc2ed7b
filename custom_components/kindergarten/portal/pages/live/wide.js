// The picture over the whole page, by our own means: native full screen would leave the watermark behind.

import { t } from "../i18n.js";
import { replace } from "../dom.js";
import { icon } from "../icons.js";

/**
 * @param {HTMLElement} stage
 * @param {HTMLButtonElement} toggle inside the stage
 * @returns {() => void} back to normal
 */
export function makeWide(stage, toggle) {
  let wide = false;
  const others = () => [...document.querySelectorAll(".top, .tabs, .page > :not(.stage, h1)")];
  const turn = () => stage.classList.toggle("turned", wide && innerHeight > innerWidth);
  const set = (/** @type {boolean} */ wanted) => {
    wide = wanted;
    stage.classList.toggle("wide", wide);
    document.documentElement.classList.toggle("held", wide);
    for (const one of others()) one.toggleAttribute("inert", wide);
    turn();
    const text = t(wide ? "live.narrow" : "live.wide");
    replace(toggle, icon(wide ? "narrow" : "wide"));
    toggle.setAttribute("aria-label", text);
    toggle.title = text;
  };
  const escape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && wide) set(false);
  };
  toggle.addEventListener("click", () => set(!wide));
  document.addEventListener("keydown", escape);
  window.addEventListener("resize", turn);
  set(false);
  return () => {
    set(false);
    document.removeEventListener("keydown", escape);
    window.removeEventListener("resize", turn);
  };
}
