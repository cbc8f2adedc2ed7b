// What takes a while and goes on without this page: exports, packs, looks for damage.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import { Poll } from "../parts/poll.js";
import { size } from "./recordings_times.js";

class Tasks extends Look {
  static properties = { kinds: {} };

  static styles = [
    Look.styles,
    css`
      :host([hidden]) {
        display: none;
      }
      .task {
        display: grid;
        gap: 8px;
        border-top: 1px solid var(--line);
        padding-top: 12px;
      }
      .task:first-of-type {
        border: 0;
        padding-top: 0;
      }
      progress {
        width: 100%;
        height: 10px;
        accent-color: var(--strong);
      }
      .links {
        display: grid;
        gap: 2px;
        list-style: none;
      }
      .links a {
        overflow-wrap: anywhere;
        display: inline-block;
        padding: 6px 0;
      }
    `,
  ];

  constructor() {
    super();
    this._seen = "";
    new Poll(this, () => document.hidden || this.look_now());
  }

  firstUpdated() {
    this.look_now();
  }

  /** Ask at once. */
  async look_now() {
    await this.look(async () => (await this.desk.ask("footage/tasks")).tasks);
    const states = this._mine().map(({ task, state }) => `${task} ${state}`).join();
    if (states !== this._seen) this.dispatchEvent(new CustomEvent("kg-tasks"));
    this._seen = states;
  }

  _mine() {
    const kinds = this.kinds.split(" ");
    return (this.found ?? []).filter(({ kind }) => kinds.includes(kind)).reverse();
  }

  updated() {
    this.hidden = !this._mine().length;
  }

  render() {
    const tasks = this._mine();
    if (!tasks.length) return nothing;
    return html`<section class="card" aria-label=${this.t("tasks.title")}>
      <h2>${this.t("tasks.title")}</h2>
      ${tasks.map((each) => this._task(each))}
    </section>`;
  }

  _task({ task, kind, state, progress_percent: share, files }) {
    const runs = state === "running";
    const light = { running: "", done: "good", failed: "bad" }[state] ?? "warm";
    return html`<div class="task">
      <div class="row">
        <strong>${this.t(`task.${kind}`)}</strong>
        <span class="chip ${light}">${this.t(`task.is_${state}`)}</span>
        ${runs ? html`<button type="button" class="plain stop" ?disabled=${this.busy} @click=${() => this._cancel(task)}>${this.t("task.cancel")}</button>` : nothing}
      </div>
      ${runs ? html`<progress max="100" value=${share} aria-label=${this.t("task.progress", { percent: share })}></progress><p class="soft">${this.t("task.goes_on", { percent: share })}</p>` : nothing}
      ${files.length ? links(files, this.words) : nothing}
    </div>`;
  }

  async _cancel(task) {
    if (await this.tell("footage/cancel", { task }, this.t("task.cancelled"))) this.look_now();
  }
}

/** Files to be saved. @param {{name: string, bytes: number, url: string}[]} files @param {import("../words.js").Words} words */
export const links = (files, words) => html`<ul class="links">
  ${files.map(({ name, bytes, url }) => html`<li><a href=${url} download>${name}</a> <span class="soft">${size(bytes, words)}</span></li>`)}
</ul>`;

customElements.define("kg-tasks", Tasks);
