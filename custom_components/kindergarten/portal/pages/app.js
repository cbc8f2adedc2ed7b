// Starts the portal and moves between its screens.

import { arrival, forgetArrival } from "./entry/arrival.js";
import { canShowPages } from "./browser.js";
import { owns } from "./dom.js";
import { frame, tellRenewed } from "./parts/frame.js";
import { isRenewed, openAnewIfRenewed } from "./parts/renewed.js";
import { current, preferred, speak } from "./i18n.js";
import { forgetMe, sameRoom, unanswered, whoAmI } from "./me.js";
import { remember, remembered } from "./memory.js";
import { state } from "./screens/state.js";
import { welcome } from "./screens/welcome.js";

/**
 * @typedef {object} Screen
 * @property {string} title
 * @property {import("./dom.js").Child[]} content
 * @property {string} [tab] the tab that is current; without one there are no tabs
 * @property {boolean} [languages] whether the language can be changed here
 * @property {() => void} [leave] called when another screen comes
 */
/** @typedef {(app: App, detail?: any) => Screen} ScreenMaker */
/** @typedef {Event & {prompt: () => Promise<unknown>}} InstallEvent */

const AGAIN_MS = 3000;
const PAGES = /** @type {Record<string, () => Promise<{screen: ScreenMaker}>>} */ ({
  rooms: () => import("./screens/rooms.js"),
  live: () => import("./screens/live.js"),
  day: () => import("./screens/day.js"),
  me: () => import("./screens/me.js"),
  ask: () => import("./screens/ask.js"),
  handoff: () => import("./screens/handoff.js"),
});
const STEPS = /** @type {Record<string, () => Promise<{screen: ScreenMaker}>>} */ ({
  inapp: () => import("./screens/inapp.js"),
  code: () => import("./screens/code.js"),
  pairing: () => import("./screens/pairing.js"),
  other_browser: () => import("./screens/other_browser.js"),
  rules: () => import("./screens/rules.js"),
  consents: () => import("./screens/consents.js"),
  check: () => import("./screens/check.js"),
});

/** What every screen is given. */
export class App {
  constructor() {
    this.kindergarten = document.querySelector('meta[name="application-name"]')?.getAttribute("content") ?? "";
    /** @type {import("./me.js").Me | null} */
    this.me = null;
    /** @type {import("./me.js").Room[]} as they were told last */
    this.rooms = [];
    /** @type {Screen | null} */
    this.now = null;
    this.askedForConsents = false;
    /** Whether the kindergarten was updated since this page was opened. */
    this.outdated = false;
    /** @type {InstallEvent | null} what puts the page on the home screen, where the browser offers that */
    this.install = null;
    this.turn = 0;
    /** @type {() => void} */
    this.again = () => {};
  }

  /** Whether somebody is signed in and may go about. */
  get settled() {
    return Boolean(this.me?.rules.accepted);
  }

  /** Show a screen that is already here. @param {ScreenMaker} maker @param {any} [detail] */
  show(maker, detail) {
    this.turn++;
    this.now?.leave?.();
    this.again = () => this.show(maker, detail);
    const next = maker(this, detail);
    this.now = next;
    document.title = next.title ? `${next.title} · ${this.kindergarten}` : this.kindergarten;
    frame(this, next);
  }

  /** Load a screen and show it. @param {() => Promise<{screen: ScreenMaker}>} load @param {any} [detail] */
  async open(load, detail) {
    const turn = ++this.turn;
    try {
      const { screen } = await load();
      if (turn === this.turn) this.show(screen, detail);
    } catch (problem) {
      if (problem instanceof TypeError && (await openAnewIfRenewed())) return;
      if (turn === this.turn) this.say("offline", { again: () => void this.open(load, detail) });
      if (!(problem instanceof TypeError)) throw problem;
    }
  }

  /** A step on the way in. @param {string} name @param {any} [detail] */
  step(name, detail) {
    return this.open(STEPS[name], detail);
  }

  /** A page of somebody who is in. @param {string} name @param {string} [detail] */
  go(name, detail) {
    const wanted = detail ? `#${name}/${detail}` : `#${name}`;
    if (location.hash === wanted) this.route();
    else location.hash = wanted;
  }

  /** Say how things are, with what can be done next. @param {string} code @param {object} [detail] */
  say(code, detail = {}) {
    this.show(state, { ...detail, code });
  }

  /**
   * What an answer that is no success means.
   * @param {{status: number, data: any}} answer
   * @param {() => void} again
   * @param {import("./me.js").Room} [room] the one that it is about
   */
  explain(answer, again, room) {
    if (answer.status === 0) this.say("offline", { again });
    else if (answer.status === 429) this.say("slow_down", { again, wait_s: answer.data.wait_s });
    else if (answer.status === 404 || answer.status === 410) this.say("gone");
    else this.say(String(answer.data.code ?? "trouble"), { ...answer.data, again, room });
  }

  /** Find out who this phone is and show what it may see. */
  async enter() {
    const { me, status, data } = await whoAmI();
    if (me) await this.welcomeIn(me);
    else if (status === 404 && !remembered("known")) this.show(welcome, null);
    else this.explain({ status, data }, () => void this.enter());
  }

  /** Somebody was just let in. */
  async arrived() {
    forgetArrival();
    const { me, status, data } = await whoAmI();
    if (me) await this.welcomeIn(me);
    else if (status === 404) this.say("no_cookies", { again: () => void this.enter() }); // let in, and yet unknown
    else this.explain({ status, data }, () => void this.enter());
  }

  /** @param {import("./me.js").Me} me */
  async welcomeIn(me) {
    this.know(me);
    this.kindergarten = me.kindergarten;
    if (preferred(me.language) !== current()) await speak(preferred(me.language));
    this.settle();
  }

  /** @param {import("./me.js").Me} me */
  know(me) {
    const [page, id] = location.hash.slice(1).split("/");
    const before = page === "live" && this.rooms.find((room) => room.id === id);
    const now = before && sameRoom(me.rooms, before);
    if (now && now.id !== id) history.replaceState(null, "", `#live/${now.id}`);
    this.rooms = me.rooms;
    this.me = me;
    if (isRenewed(me.page) && !this.outdated) {
      this.outdated = true;
      tellRenewed();
    }
  }

  /** Go on where somebody was, if the kindergarten knows this phone again. @returns {Promise<boolean>} */
  async comeBack() {
    const { turn } = this;
    const { me } = await whoAmI();
    if (me && turn === this.turn) await this.welcomeIn(me);
    return Boolean(me);
  }

  /** Stay who is signed in, and leave the invitation alone. */
  keep() {
    forgetArrival();
    void this.enter();
  }

  /** An invitation or code was refused. @param {import("./api.js").Answer} answer @param {() => void} again */
  refused(answer, again) {
    if (answer.status === 0 || answer.status === 429) return this.explain(answer, again);
    forgetArrival();
    return this.say(answer.data.code === "too_many_devices" ? "too_many_devices" : "not_valid");
  }

  /** The next thing that somebody who is in must see. */
  settle() {
    if (!this.me) return;
    forgetArrival();
    if (!this.me.rules.accepted) void this.step("rules");
    else if (!this.askedForConsents && unanswered(this.me).length) void this.step("consents");
    else this.route();
  }

  /** Begin as a phone that nobody knows. */
  anew() {
    this.me = null;
    forgetMe();
    forgetArrival();
    this.show(welcome, null);
  }

  /** Show the page that the address names. */
  route() {
    if (!this.settled) return;
    const [name, detail] = location.hash.slice(1).split("/");
    const page = owns(PAGES, name) ? name : "rooms";
    void this.open(PAGES[page], detail);
  }

  /** Ask again who this phone is, without leaving the screen. @returns {Promise<import("./me.js").Me | null>} */
  async refresh() {
    const { me, status, data } = await whoAmI();
    if (me) this.know(me);
    else if (status === 404) {
      this.me = null;
      this.explain({ status, data }, () => void this.enter());
    }
    return me;
  }

  /** Speak another language from now on. @param {import("./i18n.js").Language} language */
  async speak(language) {
    await speak(language, true);
    this.again();
  }
}

async function start() {
  const app = new App();
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // it is offered later, in our own words
    app.install = /** @type {InstallEvent} */ (event);
  });
  await firstWords();
  window.addEventListener("hashchange", () => app.route());
  if (!canShowPages()) return app.say("too_old");
  remember("visits", String(Number(remembered("visits")) + 1));
  const came = arrival();
  if (came?.kind === "invite") return app.show(welcome, came);
  if (came?.kind === "check") return app.step("check", came.token);
  if (came?.kind === "pair") {
    const { me } = await whoAmI();
    if (!me) return app.show(welcome, came);
    return app.welcomeIn(me);
  }
  return app.enter();
}

/** Nothing can be said without the texts: ask for them until they come. */
async function firstWords() {
  for (;;) {
    try {
      return await speak(preferred());
    } catch {
      if (await openAnewIfRenewed().catch(() => false)) return new Promise(() => {}); // the page goes away
      sayNothingCame();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The page has these words from the beginning: a locale file with them could not be had. */
function sayNothingCame() {
  const line = document.getElementById("nothing");
  if (line) line.hidden = false;
}

start().catch(sayNothingCame);
