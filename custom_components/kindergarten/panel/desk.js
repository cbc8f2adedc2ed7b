// Asks the integration, and keeps what it tells of the people as long as the panel is open.

/** @typedef {{code?: string, message?: string, translation_key?: string, translation_placeholders?: Record<string, string>}} Refusal */

const DOMAIN = "kindergarten";
const AGAIN_MS = 3000;
/** What is said by texts that Home Assistant has already: repairs, states, the brands' menus. */
const LOADED = ["exceptions", "selector", "issues", "entity", "common"];
const REFUSALS = { unauthorized: "error.unauthorized", unknown_command: "error.older" };

/** End a subscription; the integration, or Home Assistant, may have forgotten it already. @param {(() => unknown) | null} stop */
const end = (stop) => Promise.resolve(stop?.()).catch(() => undefined);

/** The owner's desk: one for the whole panel. */
export class Desk {
  /** @param {any} hass @param {() => void} changed called whenever there is something new to show */
  constructor(hass, changed) {
    this.hass = hass;
    this.table = null;
    this.away = null;
    this._changed = changed;
    this._stop = null;
    this._stopTable = null;
    this._timer = 0;
    this._opened = 0;
    this._listening = 0;
  }

  /** Ask a command; rejects with a refusal that `why` has words for. @param {string} command @param {object} [fields] */
  ask(command, fields = {}) {
    return this.hass.connection.sendMessagePromise({ type: `${DOMAIN}/${command}`, ...fields });
  }

  /** A refusal in words. @param {Refusal} refusal @param {import("./words.js").Words} words */
  why(refusal, words) {
    const key = refusal?.translation_key;
    const path = `component.${DOMAIN}.exceptions.${key}.message`;
    const said = key && this.hass.localize(path, refusal.translation_placeholders ?? {});
    if (said) return said;
    // Home Assistant's own client rejects with a number when the connection is gone.
    if (typeof refusal === "number") return words.t("error.lost");
    return words.t(REFUSALS[refusal?.code] ?? "error.other");
  }

  /** What a room of a kind is called. @param {string} kind */
  kind(kind) {
    return this.hass.localize(`component.${DOMAIN}.selector.room_kind.options.${kind}`) || "";
  }

  /** What a repair is about. @param {string} key @param {Record<string, string>} values */
  repair(key, values) {
    return this.hass.localize(`component.${DOMAIN}.issues.${key}.title`, values) || "";
  }

  /** A state of one of our entities in words. @param {string} path "sensor.state.state.recording" */
  said(path) {
    return this.hass.localize(`component.${DOMAIN}.entity.${path}`) || "";
  }

  /** Where a camera of a brand hides its video settings. @param {string} brand */
  menu(brand) {
    return this.hass.localize(`component.${DOMAIN}.common.menu_${brand}`) || "";
  }

  /** What a legal profile is called. @param {string} key */
  profile(key) {
    return this.hass.localize(`component.${DOMAIN}.selector.profile.options.${key}`) || key;
  }

  /** Begin to listen; again after every reload of the integration, and of Home Assistant. */
  async open() {
    const turn = ++this._opened;
    try {
      await Promise.all(LOADED.map((each) => this.hass.loadBackendTranslation(each, DOMAIN)));
      if (turn !== this._opened) return;
      const stop = await this.hass.connection.subscribeMessage(
        (changes) => turn === this._opened && this._entries(changes),
        { type: "config_entries/subscribe", type_filter: ["hub"] },
      );
      if (turn === this._opened) this._stop = stop;
      else end(stop);
    } catch {
      // Home Assistant was away just then.
      if (turn === this._opened) this._timer = setTimeout(() => this.open(), AGAIN_MS);
    }
  }

  /** Stop listening. */
  close() {
    this._opened += 1;
    clearTimeout(this._timer);
    end(this._stop);
    this._stop = null;
    this._leave();
  }

  /** @param {{type: string | null, entry: {domain: string, state: string}}[]} changes */
  _entries(changes) {
    const ours = changes.filter(({ entry }) => entry.domain === DOMAIN);
    if (ours.length) this._follow(ours.at(-1).entry.state);
    else if (changes.some(({ type }) => type === null)) this._follow("missing");
  }

  /** @param {string} state of our entry */
  _follow(state) {
    clearTimeout(this._timer);
    if (state === "loaded") this._listen();
    else {
      this._leave();
      this.away = state;
      this._changed();
    }
  }

  async _listen() {
    this._leave();
    const turn = this._listening;
    try {
      const stop = await this.hass.connection.subscribeMessage(
        (table) => {
          if (turn !== this._listening) return;
          this.table = table;
          this.away = null;
          this._changed();
        },
        { type: `${DOMAIN}/people/subscribe` },
      );
      if (turn === this._listening) this._stopTable = stop;
      else end(stop);
    } catch (refusal) {
      if (turn !== this._listening) return;
      this.away = refusal?.code ?? "unknown";
      this._changed();
      this._timer = setTimeout(() => this._listen(), AGAIN_MS);
    }
  }

  _leave() {
    this._listening += 1;
    end(this._stopTable);
    this._stopTable = null;
  }
}
