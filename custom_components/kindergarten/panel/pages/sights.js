// What changed of what cameras see, with a still from before and one from after.

import { css, html, nothing } from "../lit.js";
import "../parts/kept.js";
import { Look } from "../parts/look.js";

class Sights extends Look {
  static properties = { _camera: { state: true } };

  static styles = [
    Look.styles,
    css`
      .changes {
        list-style: none;
        display: grid;
        gap: 16px;
      }
      .changes p {
        overflow-wrap: anywhere;
      }
      .at {
        white-space: nowrap;
      }
      .stills {
        display: grid;
        gap: 12px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 240px), 1fr));
        margin-top: 10px;
      }
      figure {
        margin: 0;
      }
      figcaption {
        margin-top: 4px;
        color: var(--soft);
        font-size: 13px;
      }
    `,
  ];

  constructor() {
    super();
    this._camera = "";
  }

  willUpdate(changed) {
    if (changed.has("desk") && this.desk) this._refresh();
  }

  _refresh() {
    return this.look(async () => {
      const { rooms, cameras } = await this.desk.ask("cameras");
      const names = new Map(rooms.map((room) => [room.id, room.name]));
      const told = await Promise.all(
        cameras.map(async ({ uid, name, room_id }) => {
          const changes = await this.desk.ask("sights", { camera_id: uid });
          return changes.map((change) => ({ ...change, camera: uid, name, room: names.get(room_id) ?? "" }));
        }),
      );
      const things = cameras.map(({ uid, name, room_id }) => ({ id: uid, name: [names.get(room_id), name].filter(Boolean).join(" · ") }));
      return { cameras: things, changes: told.flat().sort((one, other) => other.t_us - one.t_us) };
    });
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.sights")}</h1>
        <p class="lead">${this.t("sights.lead")}</p>
      </div>
      ${this.unsure(() => this._refresh())}${this.found ? this._list(this.found) : nothing}
    </div>`;
  }

  _list({ cameras, changes }) {
    const shown = changes.filter((each) => !this._camera || each.camera === this._camera);
    return html`<section class="card" aria-label=${this.t("place.sights")}>
      <label class="field"
        >${this.t("sights.camera")}
        <select @change=${(event) => (this._camera = event.target.value)}>
          ${[{ id: "", name: this.t("all") }, ...this.words.sorted(cameras)].map(
            ({ id, name }) => html`<option value=${id} ?selected=${id === this._camera}>${name}</option>`,
          )}
        </select></label
      >
      <p role="status" class="soft">${this.t("sights.count", { count: shown.length })}</p>
      ${shown.length ? html`<ul class="changes">${shown.map((each) => this._change(each))}</ul>` : nothing}
    </section>`;
  }

  _change(change) {
    return html`<li>
      <p>
        <span class="chip ${change.kind === "restored" ? "good" : "bad"}">${this.t(`sight.${change.kind}`)}</span>
        <b>${change.room}</b> ${change.name} <span class="soft at">${this.words.moment(change.t_us)}</span>
      </p>
      <div class="stills">${["before", "after"].map((which) => this._still(change, which))}</div>
    </li>`;
  }

  _still({ id, camera, name, before_us: before, after_us: after }, which) {
    const at = which === "before" ? before : after;
    if (at === null) return nothing;
    const told = `${this.t(`sights.${which}`)}, ${this.words.moment(at)}`;
    return html`<figure>
      <kg-kept-still
        .desk=${this.desk}
        .wanted=${{ camera_id: camera, event_id: id, which }}
        .label=${`${name}: ${told}`}
        .none=${this.t("sights.gone")}
      ></kg-kept-still>
      <figcaption>${told}</figcaption>
    </figure>`;
  }
}

customElements.define("kg-sights", Sights);
