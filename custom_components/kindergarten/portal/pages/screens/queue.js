// Too many are watching: a place in the queue, kept by asking.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { begin } from "../live/viewing.js";
import { lastWord } from "../api.js";
import { button } from "../parts/button.js";
import { notice } from "../parts/notice.js";

/** Whoever does not ask for 45 s loses the place. */
const EVERY_MS = 8000;

/** @type {import("../app.js").ScreenMaker} */
export function queue(app, { room, place }) {
  const line = h("strong", { class: "when", role: "status" }, place ? t("place", { place }) : "");
  let over = false;
  const ask = async () => {
    const answer = await begin(room.id);
    if (over) return void (answer.ok && lastWord(`v/${answer.data.id}/end`));
    if (answer.ok) return app.go("live", room.id); // one viewing a guardian: the page's own replaces this one
    if (answer.status === 409 && answer.data.code === "full") {
      if (answer.data.place) line.textContent = t("place", { place: answer.data.place });
    } else if (answer.status !== 0 && answer.status !== 429) return app.explain(answer, () => app.go("live", room.id));
    timer = setTimeout(() => void ask(), EVERY_MS);
    return undefined;
  };
  let timer = setTimeout(() => void ask(), EVERY_MS);
  return {
    title: t("state.full.title"),
    tab: "rooms",
    leave: () => {
      over = true;
      clearTimeout(timer);
    },
    content: [
      notice({
        drawing: "people",
        tone: "warm",
        title: t("state.full.title"),
        lines: [t("state.full.text"), line],
        actions: [button(t("to_rooms"), () => app.go("rooms"), { kind: "quiet" })],
      }),
    ],
  };
}
