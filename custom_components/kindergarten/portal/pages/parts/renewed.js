// The kindergarten was updated while this page was open: it says so, and is opened anew when the parent wants.

import { ask } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { held, hold } from "../memory.js";
import { button } from "./button.js";

const OWN = document.querySelector('meta[name="version"]')?.getAttribute("content") ?? "";

/** Whether the kindergarten has another page by now than this one. @param {string | undefined} version */
export const isRenewed = (version) => Boolean(OWN && version && version !== OWN);

/** Say that there is a newer page. */
export const renewed = () =>
  h("div", { class: "renewed", role: "status" }, h("span", {}, t("renewed.text")),
    button(t("renewed.reload"), () => location.reload(), { kind: "quiet small-button" }));

/**
 * A part of this page did not come: if that is because the page is of yesterday, open today's, once.
 * @returns {Promise<boolean>} whether the page goes away
 */
export async function openAnewIfRenewed() {
  const response = await ask("");
  if (!response?.ok || !OWN || held("renewed") === OWN) return false;
  if ((await response.text()).includes(OWN)) return false;
  hold("renewed", OWN);
  location.reload();
  return true;
}
