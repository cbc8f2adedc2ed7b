// The place where the picture is: video, stills, the words over them. Nothing here can be taken away from the page.

import { h, replace } from "../dom.js";
import { t } from "../i18n.js";
import { button } from "../parts/button.js";
import { makeWide } from "./wide.js";

/**
 * @param {() => void} left the picture was taken out of the page
 * @returns {HTMLVideoElement}
 */
function makeVideo(left) {
  const video = /** @type {HTMLVideoElement} */ (
    h("video", {
      class: "moving", playsinline: true, muted: true, disablepictureinpicture: true, disableremoteplayback: true,
      controlslist: "nodownload nofullscreen noremoteplayback noplaybackrate", "x-webkit-airplay": "deny", "aria-hidden": "true",
      tabindex: "-1",
    })
  );
  video.muted = true;
  video.disablePictureInPicture = true;
  video.disableRemotePlayback = true;
  video.addEventListener("enterpictureinpicture", left);
  video.addEventListener("webkitbeginfullscreen", left);
  video.addEventListener("fullscreenchange", left);
  return video;
}

/** The picture's place on the page. */
export class Stage {
  /** @param {string} room its name @param {() => void} left the picture was taken out of the page */
  constructor(room, left) {
    this.video = makeVideo(() => {
      void document.exitPictureInPicture?.().catch(() => {});
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
      /** @type {any} */ (this.video).webkitExitFullscreen?.();
      left();
    });
    this.still = /** @type {HTMLImageElement} */ (h("img", { class: "still", alt: "", draggable: "false" }));
    this.chip = h("p", { class: "chip" });
    this.cover = h("div", { class: "cover" });
    const toggle = /** @type {HTMLButtonElement} */ (h("button", { type: "button", class: "round" }));
    this.node = h(
      "section",
      { class: "stage", "aria-label": t("live.picture", { room }) },
      this.video, this.still, this.chip, this.cover, toggle,
    );
    this.node.addEventListener("contextmenu", (event) => event.preventDefault());
    this.node.addEventListener("dragstart", (event) => event.preventDefault());
    this.narrow = makeWide(this.node, toggle);
    this.wait(t("live.opening"));
  }

  /** Which of the two shows. @param {"video" | "still" | "nothing"} what */
  show(what) {
    this.node.dataset.shows = what;
  }

  /** @param {"live" | "saver" | "off"} kind @param {string} text */
  say(kind, text) {
    this.chip.dataset.kind = kind;
    if (this.chip.textContent !== text) replace(this.chip, h("span", { class: "lamp" }), h("span", {}, text));
  }

  /** Words over the picture, which is not live now, with something to do. @param {string} text @param {HTMLElement} [action] */
  wait(text, action) {
    this.unsay();
    replace(this.cover, h("p", {}, text), action);
    this.cover.hidden = false;
  }

  /** Ask for a tap: the phone saves its battery and starts no video by itself. @param {() => void} tapped */
  askForTap(tapped) {
    this.wait(t("live.tap"), button(t("live.play"), tapped, { drawing: "play" }));
  }

  uncover() {
    this.cover.hidden = true;
    this.cover.replaceChildren();
  }

  /** Take away every picture, at once. */
  blank() {
    this.show("nothing");
    this.still.removeAttribute("src");
    this.unsay();
  }

  unsay() {
    this.chip.replaceChildren();
    this.chip.dataset.kind = "off";
  }
}

