// A drawing, a heading, a sentence or two, and what can be done next.

import { h } from "../dom.js";
import { icon } from "../icons.js";

/**
 * @param {object} what
 * @param {string} what.drawing
 * @param {"calm" | "warm" | "stop"} what.tone
 * @param {string} what.title
 * @param {(string | Node | null | false)[]} what.lines
 * @param {import("../dom.js").Child[]} [what.actions]
 */
export const notice = ({ drawing, tone, title, lines, actions = [] }) =>
  h(
    "section",
    { class: `notice ${tone}` },
    h("div", { class: "badge" }, icon(drawing)),
    h("h1", {}, title),
    lines.map((line) => line && h("p", {}, line)),
    actions.length ? h("div", { class: "actions" }, actions) : null,
  );
