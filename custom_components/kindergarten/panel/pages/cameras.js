// Cameras: what each sees now, how it is, and which rooms have none.

import { css, html, nothing } from "../lit.js";
import { flowLink } from "../parts/flow.js";
import { Look } from "../parts/look.js";
import { Poll } from "../parts/poll.js";
import "../parts/still.js";

const EVERY_MS = 5000;
const LOOKS = { recording: "good", off: "", starting: "warm", connecting: "warm", unknown: "" };

class Cameras extends Look {
  static styles = [
    Look.styles,
    css`
      .wall {
        display: grid;
        gap: 16px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
        list-style: none;
      }
      .wall > li {
        padding: 0;
        gap: 0;
        overflow: hidden;
      }
      .live {
        position: relative;
        display: block;
        width: 100%;
        padding: 0;
        border: 0;
        border-radius: 0;
        background: #16181a;
      }
      .live:hover:not(:disabled) {
        background: #16181a;
        filter: brightness(1.12);
      }
      .live:focus-visible {
        outline-offset: -3px;
      }
      .live .chip {
        position: absolute;
        inset-block-start: 8px;
        inset-inline-start: 8px;
        background: color-mix(in srgb, var(--card) 92%, transparent);
      }
      .old kg-still {
        filter: grayscale(1) brightness(0.7);
      }
      .about {
        padding: 12px 16px 14px;
        display: grid;
        gap: 2px;
      }
      .about h2 {
        font-size: 15px;
        font-weight: 600;
      }
      .about .row {
        justify-content: space-between;
        flex-wrap: nowrap;
        align-items: baseline;
      }
      .about .row > div {
        min-width: 0;
      }
      .about a {
        flex: none;
        padding-block: 4px;
      }
      .rooms {
        list-style: none;
        display: grid;
      }
      .rooms li {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 12px;
        align-items: center;
        justify-content: space-between;
        padding: 10px 0;
        border-top: 1px solid var(--line);
      }
      .rooms li:first-child {
        border: 0;
      }
    `,
  ];

  constructor() {
    super();
    this._poll = new Poll(this, () => this._refresh(), EVERY_MS);
  }

  willUpdate(changed) {
    if (changed.has("desk") && this.desk) this._refresh();
  }

  _refresh() {
    return this.look(() => this.desk.ask("cameras"));
  }

  render() {
    const found = this.found;
    return html`<div class="page">
      <div class="head">
        <div>
          <h1>${this.t("place.cameras")}</h1>
          <p class="lead">${this.t("cameras.lead")}</p>
        </div>
        <div class="row">
          ${flowLink(this, this.t("cameras.add_room"), { kind: "room" })}
          ${flowLink(this, this.t("cameras.add"), { kind: "camera", look: "main" })}
        </div>
      </div>
      ${this.unsure(() => this._refresh())} ${found ? this._all(found) : nothing}
    </div>`;
  }

  _all({ rooms, cameras, silent, now_us }) {
    const byRoom = new Map(rooms.map((room) => [room.id, room]));
    const sorted = [...cameras].sort((one, other) => this._place(byRoom, one).localeCompare(this._place(byRoom, other), this.words.language));
    const empty = this.words.sorted(rooms.filter((room) => !room.forbidden && !cameras.some((each) => each.room_id === room.id)));
    return html`${silent ? html`<p class="note bad">${this.t("cameras.silent")}</p>` : nothing}
      ${empty.length ? this._empty(empty) : nothing}
      ${sorted.length
        ? html`<ul class="wall">${sorted.map((each) => this._card(each, byRoom.get(each.room_id), now_us))}</ul>`
        : html`<div class="empty"><p>${this.t("cameras.none")}</p>${flowLink(this, this.t("cameras.add_first"), { kind: "camera" })}</div>`}`;
  }

  _place(rooms, { room_id, name }) {
    return `${rooms.get(room_id)?.name ?? "\uffff"} ${name}`;
  }

  _empty(rooms) {
    const required = rooms.filter((room) => room.required);
    const others = rooms.filter((room) => !room.required);
    return html`<section class="card">
      <h2>${this.t("cameras.without")}</h2>
      ${required.length
        ? html`<ul class="rooms">
            ${required.map(
              (room) => html`<li>
                <span>${room.name} <span class="soft">· ${this.desk.kind(room.kind)}</span></span>
                <span class="chip bad">${this.t("cameras.required")}</span>
              </li>`,
            )}
          </ul>`
        : html`<p>${this.t("cameras.all_required")}</p>`}
      ${others.length ? html`<p class="hint">${this.t("cameras.not_required", { names: others.map(({ name }) => name).join(", ") })}</p>` : nothing}
    </section>`;
  }

  _card(camera, room, now_us) {
    const live = camera.state === "recording";
    const state = camera.refused ? this.t("cameras.refused") : this.desk.said(`sensor.state.state.${camera.state}`) || this.t("cameras.unknown");
    const kind = camera.refused ? "bad" : (LOOKS[camera.state] ?? "bad");
    return html`<li class="card">
      <button type="button" class="live ${live ? "" : "old"}" ?disabled=${!camera.entity_id} @click=${() => this._open(camera)}>
        <span class="unseen">${this.t("cameras.open", { name: camera.name })}</span>
        <kg-still .desk=${this.desk} camera=${camera.uid} ?fresh=${live} label=${this.t("cameras.picture", { name: camera.name })} none=${this.t("cameras.no_picture")}></kg-still>
        <span class="chip ${kind}">${state}</span>
      </button>
      <div class="about">
        <div class="row">
          <div>
            <h2>${camera.name}</h2>
            ${room?.name === camera.name ? nothing : html`<p class="soft">${room ? room.name : this.t("room.gone")}</p>`}
          </div>
          ${flowLink(this, html`${this.t("cameras.settings")}<span class="unseen">: ${camera.name}</span>`, { kind: "camera", unique: `camera:${camera.uid}`, look: "plain" })}
        </div>
        ${this._sight(camera)}
        ${live || !camera.newest_us ? nothing : html`<p>${this.t("cameras.last", { when: this._when(camera.newest_us, now_us) })}</p>`}
        <p class="hint">${this._figures(camera)}</p>
      </div>
    </li>`;
  }

  _sight({ sight }) {
    if (!sight || sight === "ok") return nothing;
    return html`<p><span class="chip bad">${this.desk.said(`binary_sensor.picture_problem.state_attributes.cause.state.${sight}`)}</span></p>`;
  }

  _figures({ video, fps, bps, days_proven }) {
    return [
      video,
      fps === null ? null : this.t("cameras.fps", { fps: this.words.number(fps) }),
      bps ? this.t("cameras.mbit", { mbit: this.words.number(bps / 1e6, 1) }) : null,
      days_proven === null ? this.t("cameras.days_unknown") : this.t("cameras.days", { days: days_proven }),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  _when(us, now_us) {
    return now_us && now_us - us < 12 * 3_600_000_000 ? this.words.time(us) : this.words.moment(us);
  }

  /** Home Assistant's own dialog plays it live, with whatever this browser can. */
  _open({ entity_id }) {
    this.dispatchEvent(new CustomEvent("hass-more-info", { detail: { entityId: entity_id }, bubbles: true, composed: true }));
  }
}

customElements.define("kg-cameras", Cameras);
