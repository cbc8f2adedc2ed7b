// The owner's look from outside: asks this address what a stranger would, and tells the kindergarten.

import { post } from "../api.js";
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";
import { button } from "../parts/button.js";

const ROOT = location.origin;
const PROBES = { home: "/", login: "/auth/providers", api: "/api/", unknown: `${location.pathname}none` };
const PATIENCE_MS = 10_000;
const MARKS = { green: "✓", yellow: "!", red: "✗" };

/** Ask as a stranger does: without cookies or login. @param {string} path @returns {Promise<Response | null>} */
async function stranger(path) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return await fetch(ROOT + path, { credentials: "omit", cache: "no-store", redirect: "manual", signal });
  } catch {
    return null;
  }
}

/** What a stranger gets. @param {string} token */
async function seen(token) {
  const asked = Object.entries(PROBES).map(async ([name, path]) => [name, (await stranger(path))?.status ?? 0]);
  const shell = await stranger(location.pathname);
  const headers = {
    csp: shell?.headers.get("content-security-policy") ?? "",
    cache: shell?.headers.get("cache-control") ?? "",
  };
  return { token, ...Object.fromEntries(await Promise.all(asked)), headers };
}

/** @type {import("../app.js").ScreenMaker} */
export function screen(_app, token) {
  const place = h("div", { class: "card", role: "status" });
  const start = button(t("check.start"), () => void look());
  replace(place, h("p", {}, t("check.wifi")), start);

  async function look() {
    replace(place, h("p", { class: "hint" }, t("loading")));
    const answer = await post("check", await seen(token));
    if (!answer.ok) {
      const over = answer.status === 404;
      const again = over ? null : button(t("again.try"), () => void look());
      return replace(place, h("p", {}, t(over ? "check.over" : "check.failed")), again);
    }
    const found = /** @type {{key: string, light: keyof typeof MARKS}[]} */ (answer.data.findings);
    return replace(
      place,
      h("ul", {}, found.map(({ key, light }) => h("li", {}, `${MARKS[light] ?? "?"} ${t(`check.${key}`)}`))),
      h("p", { class: "hint" }, t("check.done")),
    );
  }

  return {
    title: t("check.title"),
    content: [h("h1", {}, t("check.title")), h("p", { class: "lead" }, t("check.lead")), place],
  };
}
