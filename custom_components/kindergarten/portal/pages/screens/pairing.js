// At the door: the phone shows a code, staff choose the child and approve.

import { post } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { held, hold } from "../memory.js";
import { button } from "../parts/button.js";
import { announce } from "../announce.js";

const EVERY_MS = 2000;

/** @typedef {{id: string, key: string, code: string, until_us: number}} Pairing */

/** The pairing that a reload must not lose. @returns {Pairing | null} */
function kept() {
  try {
    const pairing = JSON.parse(held("pairing") ?? "null");
    return pairing && pairing.until_us > Date.now() * 1000 ? pairing : null;
  } catch {
    return null;
  }
}

/** @type {import("../app.js").ScreenMaker} */
export function screen(app) {
  const code = h("output", { class: "pair-code", "aria-live": "polite" }, "····");
  const status = h("p", { class: "waiting", role: "status" }, t("pairing.asking"));
  let over = false;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;

  const end = (/** @type {string} */ state) => {
    hold("pairing", null);
    app.say(state, { again: () => void app.step("pairing") });
  };

  /** @param {Pairing} pairing */
  async function poll(pairing) {
    if (over) return;
    const answer = await post("pair/poll", { id: pairing.id, key: pairing.key });
    if (over) return;
    if (answer.ok && answer.data.state === "approved") {
      hold("pairing", null);
      announce(t("pairing.approved"));
      return void app.arrived();
    }
    if (answer.ok && answer.data.state === "refused") return end("refused");
    if (answer.status === 404 || (answer.ok && answer.data.state === "ended")) return end("pairing_ended");
    status.textContent = t(answer.status === 0 ? "pairing.offline" : "pairing.waiting");
    const wait = answer.status === 429 ? (answer.data.wait_s ?? 5) * 1000 : EVERY_MS;
    timer = setTimeout(() => void poll(pairing), wait);
  }

  async function begin() {
    let pairing = kept();
    if (!pairing) {
      const answer = await post("pair");
      if (over) return;
      if (answer.data.code === "busy") return end("pairing_busy");
      if (answer.data.code === "no_window") return end("no_window");
      if (!answer.ok) return app.explain(answer, () => void app.step("pairing"));
      pairing = /** @type {Pairing} */ (answer.data);
      hold("pairing", JSON.stringify(pairing));
    }
    code.textContent = pairing.code;
    code.setAttribute("aria-label", t("pairing.code", { code: [...pairing.code].join(" ") }));
    status.textContent = t("pairing.waiting");
    void poll(pairing);
  }

  void begin();
  return {
    title: t("pairing.title"),
    languages: true,
    leave: () => {
      over = true;
      clearTimeout(timer);
    },
    content: [
      h("h1", {}, t("pairing.title")),
      h("p", { class: "lead" }, t("pairing.lead")),
      h("div", { class: "card center" }, code, h("div", { class: "dots", "aria-hidden": "true" }), status),
      h("p", { class: "small" }, t("pairing.keep_open")),
      h(
        "div",
        { class: "actions" },
        button(
          t("cancel"),
          () => {
            hold("pairing", null);
            app.anew();
          },
          { kind: "quiet" },
        ),
      ),
    ],
  };
}
