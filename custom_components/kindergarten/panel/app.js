// The owner's panel: its frame, which page is open, and what is said to everybody.

import { Desk } from "./desk.js";
import { icon } from "./icons.js";
import { LitElement, css, html, nothing } from "./lit.js";
import "./pages/kiosk.js";
import "./parts/offer.js";
import { FIRST, PLACES, SECTIONS } from "./sections.js";
import { common, ground } from "./style.js";
import { navigation } from "./style/navigation.js";
import { speak } from "./words.js";

const SAID_MS = 8000;
// What this page was loaded from; an update gives the panel another address.
const OURS = import.meta.url.match(/\/panel\/([0-9a-f]+)\//)?.[1];

/**
 * Tell whether the page is dark by what its text looks like: when the themes come before the
 * configuration does, Home Assistant paints the page dark and never says so.
 * @param {HTMLElement} element
 */
function isDark(element) {
  const { color } = getComputedStyle(element);
  const parts = color.match(/[\d.]+/g)?.slice(0, 3).map(Number) ?? [0];
  return Math.max(...parts) > (color.startsWith("rgb") ? 127 : 0.5);
}

class KindergartenPanel extends LitElement {
  static properties = {
    hass: { attribute: false },
    narrow: { type: Boolean, reflect: true },
    route: { attribute: false },
    panel: { attribute: false },
    dark: { type: Boolean, reflect: true },
    _words: { state: true },
    _table: { state: true },
    _away: { state: true },
    _said: { state: true },
    _inspected: { state: true },
  };

  static styles = [
    common,
    ground,
    navigation,
    css`
      :host {
        min-height: 100%;
        background: var(--primary-background-color, #fafafa);
        color-scheme: light;
      }
      :host([dark]) {
        color-scheme: dark;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 4;
        display: flex;
        align-items: center;
        gap: 8px;
        height: var(--header-height, 56px);
        padding: 0 16px;
        background: var(--app-header-background-color, var(--strong));
        color: var(--app-header-text-color, #fff);
        border-bottom: var(--app-header-border-bottom, none);
        font-size: 20px;
      }
      header button {
        width: 44px;
        min-height: 44px;
        padding: 0;
        border: 0;
        margin-inline-start: -8px;
        background: none;
        color: inherit;
      }
      header button:hover:not(:disabled) {
        background: color-mix(in srgb, currentcolor 12%, transparent);
      }
      header button:focus-visible {
        outline-color: currentcolor;
      }
      .frame {
        display: grid;
        grid-template-columns: 216px minmax(0, 1fr);
        max-width: 1240px;
        margin: 0 auto;
      }
      main {
        min-width: 0;
        padding: 24px 24px 96px;
      }
      main:focus-visible {
        outline: none;
      }
      .notes {
        display: grid;
        gap: 12px;
      }
      .notes:not(:empty) {
        margin-bottom: 20px;
      }
      .wait {
        padding: 64px 16px;
        text-align: center;
        color: var(--soft);
      }
      .said {
        position: fixed;
        z-index: 9;
        inset-block-end: 16px;
        inset-inline: 16px;
        margin: 0 auto;
        width: fit-content;
        max-width: min(560px, calc(100% - 32px));
        display: flex;
        gap: 12px;
        align-items: center;
        padding: 8px 8px 8px 16px;
        border-radius: 12px;
        border: 1px solid var(--line);
        border-inline-start: 6px solid var(--dot);
        background: var(--card);
        box-shadow: 0 6px 24px rgb(0 0 0 / 28%);
      }
      .said span {
        flex: 1;
        overflow-wrap: anywhere;
      }
      .said button {
        width: 44px;
        min-height: 44px;
        padding: 0;
        flex: none;
      }
      @media (max-width: 869px) {
        .frame {
          grid-template-columns: minmax(0, 1fr);
        }
        main {
          padding: 16px 12px 96px;
        }
      }
    `,
  ];

  constructor() {
    super();
    this._words = null;
    this._table = null;
    this._away = null;
    this._said = null;
    this._inspected = false;
    this._spoken = "";
    this._themes = null;
    this.addEventListener("kg-say", (event) => this._say(event.detail));
    this.addEventListener("kg-inspected", (event) => (this._inspected = event.detail));
    this.addEventListener("kg-go", (event) => this._go(event.detail));
  }

  connectedCallback() {
    super.connectedCallback();
    if (this._desk) this._desk.open();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this._timer);
    this._desk?.close();
  }

  willUpdate(changed) {
    if (!changed.has("hass") || !this.hass) return;
    if (this.hass.themes !== this._themes) {
      this._themes = this.hass.themes;
      this.dark = isDark(this);
    }
    if (!this._desk) {
      this._desk = new Desk(this.hass, () => {
        this._table = this._desk.table;
        this._away = this._desk.away;
      });
      this._desk.open();
    }
    this._desk.hass = this.hass;
    const language = this.hass.locale?.language ?? this.hass.language;
    if (language !== this._spoken) {
      this._spoken = language;
      speak(language, this.hass.config.time_zone).then(
        (words) => (this._words = words),
        // Asked again with Home Assistant's next word.
        () => (this._spoken = ""),
      );
    }
  }

  updated() {
    const place = this._place;
    const nav = this.renderRoot.querySelector("nav");
    const here = nav?.querySelector("[aria-current=page]");
    if (!here || place === this._told) return;
    this._told = place;
    // On a phone the row of pages may be longer than the screen, at a low window their column.
    const row = here.parentElement;
    row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
    nav.scrollTop = here.offsetTop - (nav.clientHeight - here.offsetHeight) / 2;
  }

  get _place() {
    const path = (this.route?.path ?? "").split("/")[1];
    return PLACES.find((each) => each.path === path) ?? FIRST;
  }

  /** @param {string} path "families" */
  _go(path) {
    history.pushState(null, "", `${this.route.prefix}/${path}`);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
    this.updateComplete.then(() => {
      // By itself the browser would scroll the beginning of the page below our header.
      this.renderRoot.querySelector("main")?.focus({ preventScroll: true });
      this.scrollIntoView({ block: "start" });
    });
  }

  _say(said) {
    clearTimeout(this._timer);
    this._said = said;
    // What went wrong stays until somebody has read it.
    if (said.kind === "good") this._timer = setTimeout(() => (this._said = null), SAID_MS);
  }

  _follow(event, path) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    this._go(path);
  }

  render() {
    if (!this._words || !this.hass) return nothing;
    const words = this._words;
    return html`
      <header ?hidden=${this._inspected}>
        ${this.narrow || this.hass.dockedSidebar === "always_hidden"
          ? html`<button type="button" aria-label=${words.t("menu")} @click=${this._menu}>${icon("menu")}</button>`
          : nothing}
        <span>${words.t("title")}</span>
      </header>
      <div class="frame" ?hidden=${this._inspected}>
        <nav aria-label=${words.t("nav")}>${SECTIONS.map((section) => this._section(section))}</nav>
        <main tabindex="-1" lang=${words.language}>
          <div class="notes">${this._notes()}</div>
          ${this._table ? html`<kg-offer .desk=${this._desk} .words=${words} place=${this._place.path}></kg-offer>` : nothing}
          ${this._table ? this._page() : html`<p class="wait">${words.t("wait")}</p>`}
        </main>
      </div>
      <kg-kiosk .desk=${this._desk} .words=${words} .table=${this._table}></kg-kiosk>
      <div role="status">${this._said?.kind === "good" ? this._toast() : nothing}</div>
      <div role="alert">${this._said?.kind === "bad" ? this._toast() : nothing}</div>
    `;
  }

  /** A section, with its pages while one of them is open; a page that is alone in its section says itself what it is. */
  _section({ name, places }) {
    const words = this._words;
    const [{ path }] = places;
    const open = places.includes(this._place);
    if (places.length === 1) return this._link(path, `place.${path}`, open && "page");
    return html`${this._link(path, `section.${name}`, open && "true")}${open
      ? html`<div class="pages" role="group" aria-label=${words.t(`section.${name}`)}>
          ${places.map(
            ({ path, heading }) =>
              html`${heading ? html`<h2>${words.t(heading)}</h2>` : nothing}${this._link(
                path,
                `place.${path}`,
                this._place.path === path && "page",
              )}`,
          )}
        </div>`
      : nothing}`;
  }

  _link(path, key, current) {
    return html`<a
      href=${`${this.route?.prefix ?? ""}/${path}`}
      aria-current=${current || nothing}
      @click=${(event) => this._follow(event, path)}
      >${this._words.t(key)}</a
    >`;
  }

  _notes() {
    const table = this._table;
    const notes = [];
    if (this._away) notes.push(["warm", this._away === "missing" ? "note.missing" : "note.away"]);
    if (table && !table.available) notes.push(["bad", "note.unavailable"]);
    if (table?.locked && table.available) notes.push(["warm", "note.locked"]);
    if (table?.restored) notes.push(["warm", "note.restored"]);
    return [this._older(), ...notes.map(([kind, key]) => html`<p class="note ${kind}">${this._words.t(key)}</p>`)];
  }

  /** After an update a page that stayed open has the older modules, which ask what is not there any more. */
  _older() {
    const version = this._table?.panel;
    if (!version || !OURS || version === OURS) return nothing;
    return html`<div class="note">
      <p>${this._words.t("note.updated")}</p>
      <div><button type="button" class="main" @click=${() => location.reload()}>${this._words.t("reload")}</button></div>
    </div>`;
  }

  _page() {
    const place = this._place;
    if (place.ofFamilies && !this._table.available) return html`<h1>${this._words.t(`place.${place.path}`)}</h1>`;
    if (this._shown?.localName !== place.element) this._shown = document.createElement(place.element);
    this._shown.desk = this._desk;
    this._shown.words = this._words;
    this._shown.table = this._table;
    return this._shown;
  }

  _toast() {
    return html`<div class="said ${this._said.kind}">
      <span>${this._said.text}</span>
      <button type="button" class="plain" aria-label=${this._words.t("close")} @click=${() => (this._said = null)}>
        ${icon("close")}
      </button>
    </div>`;
  }

  _menu() {
    this.dispatchEvent(new CustomEvent("hass-toggle-menu", { bubbles: true, composed: true }));
  }
}

// A browser that is open while we are updated has the older one; it stays until the page is loaded anew.
if (!customElements.get("kindergarten-panel")) customElements.define("kindergarten-panel", KindergartenPanel);
