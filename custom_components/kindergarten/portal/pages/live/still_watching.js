// "Still watching?": warned a minute before, extended with one tap.

import { h, replace } from "../dom.js";
import { announce } from "../announce.js";
import { t } from "../i18n.js";
import { button } from "../parts/button.js";

const WARN_S = 60;

/** Counts down to the end of an unattended viewing. */
export class StillWatching {
  /** @param {() => void} yes somebody is there @param {() => void} nobody the time is up */
  constructor(yes, nobody) {
    this.node = h("div", { class: "still-watching card", role: "group", "aria-label": t("still.title"), hidden: true });
    this.count = h("p", {});
    this.answer = button(t("still.yes"), () => {
      this.hide();
      yes();
    });
    replace(this.node, h("h2", {}, t("still.title")), this.count, this.answer);
    this.nobody = nobody;
    this.endMs = Infinity;
    this.timer = setInterval(() => this.look(), 1000);
  }

  /** @param {number} seconds until the viewing ends by itself */
  set(seconds) {
    this.endMs = performance.now() + seconds * 1000;
    this.look();
  }

  look() {
    const seconds = Math.ceil((this.endMs - performance.now()) / 1000);
    if (seconds > WARN_S) return this.hide();
    if (seconds <= 0) {
      this.stop();
      return this.nobody();
    }
    this.count.textContent = t("still.text", { seconds });
    if (!this.node.hidden) return undefined;
    this.node.hidden = false;
    announce(`${t("still.title")} ${t("still.text", { seconds })}`);
    return undefined;
  }

  hide() {
    this.node.hidden = true;
  }

  stop() {
    clearInterval(this.timer);
    this.hide();
  }
}
