// Offers our dashboard where Home Assistant makes a new one. Every page of Home Assistant loads this, so it stays tiny.

const TYPE = "kindergarten";
const texts = fetch(new URL("./offer.json", import.meta.url)).then((answer) => answer.json());

/** @param {any} hass @param {Record<string, object>} told */
const fitting = (hass, told) => told[hass?.locale?.language?.split("-")[0]] ?? told.en;

class KindergartenDashboard extends HTMLElement {
  /** What is made anew when it changes. */
  static registryDependencies = ["entities", "devices"];

  /** The dashboard's configuration. @param {object} _ ours, of which there is none @param {any} hass */
  static async generate(_, hass) {
    const [{ dashboard }, { speak }] = await Promise.all([import("./dashboard.js"), import("../words.js")]);
    return dashboard(hass, await speak(hass.locale.language, hass.config.time_zone));
  }

  /** What the dialog proposes. @param {any} hass */
  static async getCreateSuggestions(hass) {
    return { title: fitting(hass, await texts).title, icon: "mdi:cctv" };
  }
}

const ELEMENT = `ll-strategy-dashboard-${TYPE}`;
// The frontend replaces the registry of elements while it loads, and does not know what was defined before.
await customElements.whenDefined("home-assistant");
// A browser that is open while we are updated has the older one; it stays until the page is loaded anew.
if (!customElements.get(ELEMENT)) {
  customElements.define(ELEMENT, KindergartenDashboard);
  const told = await texts;
  const here = () => fitting(document.querySelector("home-assistant")?.hass, told);
  (window.customStrategies ??= []).push({
    type: TYPE,
    strategyType: "dashboard",
    get name() {
      return here().name;
    },
    get description() {
      return here().description;
    },
  });
}
