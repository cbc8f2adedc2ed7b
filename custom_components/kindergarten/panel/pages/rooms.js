// The rooms as parents may see them: shown or not, paused, closed on holidays.

import { html, nothing } from "../lit.js";
import { Page } from "../parts/page.js";
import "./holidays.js";

const PAUSES = [15, 60];

class Rooms extends Page {
  render() {
    const { rooms } = this.table;
    return html`<div class="page">
      <div>
        <h1>${this.t("place.rooms")}</h1>
        <p class="lead">${this.t("rooms.lead")}</p>
      </div>
      ${rooms.length
        ? html`<div class="cards">${this.words.sorted(rooms).map((room) => this._card(room))}</div>`
        : html`<div class="empty"><p>${this.t("rooms.none")}</p></div>`}
      <kg-holidays .desk=${this.desk} .words=${this.words} .table=${this.table}></kg-holidays>
    </div>`;
  }

  _card(room) {
    const viewers = this.table.viewers[room.id] ?? 0;
    const groups = room.groups.map((id) => this.group(id)?.name).filter(Boolean);
    return html`<section class="card" aria-label=${room.name}>
      <div class="head">
        <div>
          <h2>${room.name}</h2>
          <p class="soft">${this.desk.kind(room.kind)}${groups.length ? ` · ${groups.join(", ")}` : nothing}</p>
        </div>
        ${viewers ? html`<span class="chip good">${this.t("rooms.viewers", { count: viewers })}</span>` : nothing}
      </div>
      ${room.never_shown ? html`<p class="soft">${this.t("rooms.never")}</p>` : this._shown(room)}
    </section>`;
  }

  _shown(room) {
    const pause = this.table.pauses.find((each) => each.room_id === room.id && each.until_us / 1000 > Date.now());
    const lacks = [
      [!room.has_camera, "closed.no_camera"],
      [!room.has_hours, "closed.no_hours"],
      [room.groups.length === 0, "rooms.no_group"],
      [room.groups.length > 1, "closed.shared"],
      [room.has_camera && !room.has_sub, "rooms.no_sub"],
    ].filter(([holds]) => holds);
    return html`<label class="tick"
        ><input type="checkbox" .checked=${room.shown} ?disabled=${this.busy} @change=${(event) => this._show(room, event.target)} /><span
          >${this.t("rooms.shown")}<span class="unseen">: ${room.name}</span></span
        ></label
      >
      ${lacks.length
        ? html`<ul class="reasons">${lacks.map(([, key]) => html`<li>${this.t(key)}</li>`)}</ul>`
        : nothing}
      ${room.shown ? this._pause(room, pause) : nothing}`;
  }

  _pause(room, pause) {
    if (pause) {
      return html`<div class="note warm">
        <p>${this.t("rooms.paused", { when: this.words.time(pause.until_us) })}</p>
        <div>
          <button type="button" ?disabled=${this.busy} @click=${() => this.tell("room/resume", { room_id: room.id }, this.t("rooms.resumed"))}>
            ${this.t("rooms.resume")}<span class="unseen">: ${room.name}</span>
          </button>
        </div>
      </div>`;
    }
    return html`<div class="row">
      ${PAUSES.map(
        (minutes) => html`<button type="button" ?disabled=${this.busy}
          @click=${() => this.tell("room/pause", { room_id: room.id, minutes }, this.t("rooms.is_paused"))}
        >
          ${this.t("rooms.pause", { minutes })}<span class="unseen">: ${room.name}</span>
        </button>`,
      )}
    </div>`;
  }

  async _show(room, box) {
    const shown = box.checked;
    const done = await this.tell("room/show", { room_id: room.id, shown }, this.t(shown ? "rooms.is_shown" : "rooms.is_hidden"));
    if (!done) box.checked = !shown;
  }
}

customElements.define("kg-rooms", Rooms);
