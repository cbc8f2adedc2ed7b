// What all pages share: the desk, the words, and one way to do something and to say how it went.

import { LitElement } from "../lit.js";
import { common } from "../style.js";

/** A page or part that shows the people's table and asks the integration. */
export class Page extends LitElement {
  static properties = {
    desk: { attribute: false },
    words: { attribute: false },
    table: { attribute: false },
    busy: { state: true },
  };

  static styles = common;

  constructor() {
    super();
    this.busy = false;
  }

  /** A text. @param {string} key @param {Record<string, string | number>} [values] */
  t(key, values) {
    return this.words.t(key, values);
  }

  /** Show an answer, or a refusal, where a screen reader hears it. @param {string} text @param {"good" | "bad"} [kind] */
  say(text, kind = "good") {
    this.dispatchEvent(new CustomEvent("kg-say", { detail: { text, kind }, bubbles: true, composed: true }));
  }

  /** Go to another page of the panel. @param {string} path "people" */
  go(path) {
    this.dispatchEvent(new CustomEvent("kg-go", { detail: path, bubbles: true, composed: true }));
  }

  /**
   * Do something once; nothing else can be begun meanwhile.
   * @template T @param {() => Promise<T>} deed @param {string} [done] said afterwards
   * @returns {Promise<T | undefined>} nothing when it was refused; the owner has heard why
   */
  async act(deed, done) {
    if (this.busy) return undefined;
    this.busy = true;
    try {
      const result = await deed();
      if (done) this.say(done);
      return result;
    } catch (refusal) {
      this.say(this.desk.why(refusal, this.words), "bad");
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  /** Ask a command and say how it went; true when it was done. @param {string} command @param {object} fields @param {string} [done] */
  async tell(command, fields, done) {
    return (await this.act(() => this.desk.ask(command, fields), done)) !== undefined;
  }

  /** @param {string} id */
  group(id) {
    return this.table.groups.find((each) => each.id === id);
  }

  /** @param {string} id */
  child(id) {
    return this.table.children.find((each) => each.id === id);
  }

  /** @param {string} id */
  guardian(id) {
    return this.table.guardians.find((each) => each.id === id);
  }

  /** Whether a guardian has a child who is in a group today. @param {{children: string[]}} guardian */
  enrolled(guardian) {
    return guardian.children.some((id) => this.child(id)?.enrolled);
  }

  /** A room's name. @param {string} id */
  room(id) {
    return this.table.rooms.find((each) => each.id === id)?.name ?? this.t("room.gone");
  }

  /** The names of a guardian's children. @param {{children: string[]}} guardian */
  childrenOf(guardian) {
    return guardian.children.map((id) => this.child(id)?.name).filter(Boolean).join(", ");
  }
}
