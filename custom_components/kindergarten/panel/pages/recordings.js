// One camera's day: what was recorded, any moment of it, and what is done with a stretch.

import { css, html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";
import "./recordings_compare.js";
import "./recordings_gaps.js";
import "./recordings_range.js";
import "./recordings_stage.js";
import { stretch } from "./recordings_stretch.js";
import "./recordings_tasks.js";
import { Times, inOrder, shifted } from "./recordings_times.js";
import "./timeline.js";

const AGAIN_MS = 20_000;

class Recordings extends Look {
  static properties = {
    _camera: { state: true },
    _day: { state: true },
    _at: { state: true },
    _time: { state: true },
    _from: { state: true },
    _to: { state: true },
    _known: { state: true },
    _doing: { state: true },
    _notice: { state: true },
  };

  static styles = [
    Look.styles,
    css`
      .where {
        display: grid;
        gap: 12px;
        grid-template-columns: minmax(0, 0.8fr) minmax(0, 1fr) minmax(0, 1fr);
        align-items: end;
      }
      .beside {
        display: flex;
        gap: 6px;
        align-items: end;
      }
      .beside label {
        flex: 1;
        min-width: 0;
      }
      .beside button {
        flex: none;
        min-width: 44px;
        min-height: 44px;
        padding: 0 12px;
      }
      @media (max-width: 719px) {
        .where {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  constructor() {
    super();
    this._camera = "";
    this._day = "";
    this._at = 0;
    // What is being typed; the field follows the picture only while nobody types.
    this._time = null;
    this._wishes = 0;
    this._from = 0;
    this._to = 0;
    this._known = null;
    this._doing = "";
    this._notice = null;
  }

  connectedCallback() {
    super.connectedCallback();
    const asked = new URLSearchParams(location.search);
    this._camera = asked.get("camera") ?? "";
    this._day = asked.get("day") ?? "";
    this._at = Number(asked.get("at")) || 0;
    this._timer = setInterval(() => this._freshen(), AGAIN_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this._timer);
  }

  willUpdate(changed) {
    if (!this.desk) return;
    if (changed.has("words")) {
      this.times = new Times(this.words.language, this.desk.hass.config.time_zone);
      this._cameras();
    }
  }

  get _one() {
    return this._known?.cameras.find(({ uid }) => uid === this._camera);
  }

  async _cameras() {
    try {
      const known = await this.desk.ask("footage/cameras", { language: this.words.language });
      this._known = { ...known, cameras: inOrder(known.cameras, this.words) };
    } catch (refusal) {
      this._failed = refusal;
      return;
    }
    this._failed = null;
    if (!this._one) this._camera = this._known.cameras[0]?.uid ?? "";
    if (!/^\d{4}-\d\d-\d\d$/.test(this._day)) this._day = this._at ? this.times.day(this._at) : this._known.today;
    if (this._camera) await this._open(this._at, false);
  }

  /** Show the day that is chosen. @param {number} at a moment of it, 0 for none @param {boolean} play */
  async _open(at, play) {
    this._notice = null;
    this._remember(at);
    const wish = ++this._wishes;
    this._opening = this.look(() => this.desk.ask("footage/day", { camera: this._camera, day: this._day }));
    await this._opening;
    if (!this.found || this._failed || wish !== this._wishes) return;
    const last = this.found.recordings.at(-1);
    if (at) await this._seek(at, play);
    else if (last) await this._seek(Math.max(last[0], Math.min(last[1], this.found.end_us) - 30_000_000), false);
    else {
      this._at = this.found.start_us;
      this._stage?.blank();
    }
  }

  /** Today goes on while it is looked at; where there was nothing to show, there may be something now. */
  async _freshen() {
    if (document.hidden) return;
    if (!this.found) {
      await this._cameras();
      return;
    }
    if (this.found.day !== this._known?.today) return;
    const { camera, day } = this.found;
    try {
      const newer = await this.desk.ask("footage/day", { camera, day });
      if (camera !== this._camera || day !== this._day) return;
      const first = this.found.recordings.length ? null : newer.recordings.at(-1);
      this.found = newer;
      // A camera that was just added has its first picture now.
      if (first) await this._seek(Math.max(first[0], first[1] - 30_000_000), false);
    } catch {
      // What is shown stays; the next round asks again.
    }
  }

  _remember(at) {
    const asked = new URLSearchParams({ camera: this._camera, day: this._day, ...(at && { at: String(at) }) });
    history.replaceState(history.state, "", `${location.pathname}?${asked}`);
  }

  get _stage() {
    return this.renderRoot.querySelector("kg-stage");
  }

  /** Show a moment, or say that there is nothing and show what comes after it. */
  async _seek(at, play) {
    const wish = ++this._wishes;
    this._at = at;
    this._notice = null;
    // A moment of a day that is still asked for.
    if (this.found.day !== this._day || this.found.camera !== this._camera) await this._opening;
    if (wish !== this._wishes) return;
    const hole = this._hole(at);
    if (hole === null) {
      this._stage?.blank();
      this._notice = { text: this.t("recordings.nothing_after", { at: this.times.clock(at) }) };
      return;
    }
    if (hole > at + 1_000_000) this._notice = this._jump(at, hole);
    this._at = hole;
    this._remember(hole);
    await this.updateComplete;
    await this._stage?.show(this._one, hole, play);
  }

  /** The moment itself where it was recorded, else the next one of the day; null when there is none. */
  _hole(at) {
    const next = this.found.recordings.find(([, end]) => end > at);
    return next ? Math.max(at, next[0]) : null;
  }

  _jump(from, to) {
    const gap = this.found.gaps.find((each) => each.from_us < to && (each.to_us ?? Infinity) > from);
    const values = { from: this.times.clock(from), to: this.times.clock(to), why: gap ? this._why(gap) : "" };
    return { text: this.t(gap ? "recordings.jumped_why" : "recordings.jumped", values) };
  }

  _why(gap) {
    return this._known.causes[gap.cause] ?? this._known.causes.unknown;
  }

  _elsewhere(day) {
    if (!day || day > this._known.today) return;
    this._day = day;
    this._at = 0;
    this._unmark();
    this._open(0, false);
  }

  async _choose(uid) {
    const at = this._at;
    this._camera = uid;
    await this._open(at, this._stage?.playing ?? false);
  }

  async _jumpTo(event) {
    event.preventDefault();
    this._wishes += 1;
    const given = String(new FormData(event.target).get("time"));
    this._time = null;
    const found = await this.act(() => this.desk.ask("footage/moment", { local: `${this._day}T${given}` }));
    if (found) await this._seek(found.at_us[0], true);
    if (found?.at_us.length > 1) {
      const [first, second] = found.at_us;
      this._notice = { text: this.t("recordings.twice", { first: this.times.clock(first) }), other: second };
    }
  }

  _unmark() {
    this._from = this._to = 0;
  }

  _mark(edge) {
    const at = this._at;
    if (edge === "from") {
      this._from = at;
      if (this._to && this._to <= at) this._to = 0;
    } else if (this._from && at > this._from) this._to = at;
    else if (at < this._from) [this._from, this._to] = [at, this._from];
  }

  async _ended(us) {
    if (us < (this.found.horizon_us ?? 0) && us < this.found.end_us) await this._seek(us, true);
    else if (us >= this.found.end_us && this._day < this._known.today) {
      this._day = shifted(this._day, 1);
      await this._open(0, false);
      await this._seek(this.found.start_us, true);
    } else this._notice = { text: this.t("recordings.end") };
  }

  render() {
    const known = this._known;
    return html`<div class="page">
      <div>
        <h1>${this.t("place.recordings")}</h1>
        <p class="lead">${this.t("recordings.lead", { zone: this.desk.hass.config.time_zone })}</p>
      </div>
      ${known === null ? this.unsure(() => this._cameras()) : known.cameras.length ? this._shown() : html`<p class="empty">${this.t("recordings.none")}</p>`}
      ${this._doing ? this._dialog() : nothing}
    </div>`;
  }

  _shown() {
    return html`<section class="card" aria-label=${this.t("recordings.where")}>${this._where()}</section>
      <section class="card" aria-label=${this.t("recordings.day")}>
        <kg-stage
          .desk=${this.desk}
          .words=${this.words}
          .times=${this.times}
          @kg-shows=${({ detail }) => (this._at = detail.us)}
          @kg-jumped=${({ detail }) => (this._notice = this._jump(detail.from, detail.to))}
          @kg-ended=${({ detail }) => this._ended(detail.us)}
          @kg-step=${({ detail }) => this._seek(this._at + detail.us, detail.play)}
        ></kg-stage>
        <div role="status">${this._notice ? this._noticed() : nothing}</div>
        ${this.unsure(() => this._open(this._at, false))} ${this.found ? this._band() : nothing}
      </section>
      ${this.found ? html`${this._marked()}
            <kg-gaps
              .words=${this.words}
              .times=${this.times}
              .day=${this.found}
              .causes=${this._known.causes}
              @kg-look=${({ detail }) => this._seek(detail.at, false)}
            ></kg-gaps>
            ${this._known.cameras.length > 1
              ? html`<kg-compare
                  .desk=${this.desk}
                  .words=${this.words}
                  .cameras=${this._known.cameras}
                  .camera=${this._camera}
                  .day=${this._day}
                  .at=${this._at}
                  @kg-choose=${({ detail }) => this._choose(detail.uid)}
                ></kg-compare>`
              : nothing}` : nothing}
      <kg-tasks .desk=${this.desk} .words=${this.words} kinds="export"></kg-tasks>`;
  }

  _noticed() {
    const { text, other } = this._notice;
    return html`<div class="note warm">
      <p>${text}</p>
      ${other ? html`<div><button type="button" @click=${() => this._seek(other, true)}>${this.t("recordings.second")}</button></div>` : nothing}
    </div>`;
  }

  _where() {
    const { cameras, today } = this._known;
    const arrow = (by, key) =>
      html`<button type="button" aria-label=${this.t(key)} ?disabled=${by > 0 && this._day >= today} @click=${() => this._elsewhere(shifted(this._day, by))}>
        ${by < 0 ? "‹" : "›"}
      </button>`;
    return html`<form class="where" @submit=${this._jumpTo}>
      <label class="field"
        >${this.t("camera")}
        <select @change=${(event) => this._choose(event.target.value)}>
          ${cameras.map(
            (each) => html`<option value=${each.uid} ?selected=${each.uid === this._camera}>${each.ours ? each.name : this.t("recordings.gone", { name: each.name })}</option>`,
          )}
        </select></label
      >
      <div class="beside">
        ${arrow(-1, "recordings.before")}
        <label class="field"
          >${this.t("recordings.date")}<input type="date" required max=${today} .value=${this._day} @change=${(event) => this._elsewhere(event.target.value)}
        /></label>
        ${arrow(1, "recordings.after")}
      </div>
      <div class="beside">
        <label class="field"
          >${this.t("recordings.time")}<input type="time" name="time" step="1" required .value=${this._time ?? (this._at ? this.times.field(this._at) : "12:00:00")} @input=${(event) => (this._time = event.target.value)}
        /></label>
        <button class="main" ?disabled=${this.busy}>${this.t("recordings.jump")}</button>
      </div>
    </form>`;
  }

  _band() {
    return html`<kg-timeline
      .day=${this.found}
      .at=${this._at}
      .from=${this._from}
      .to=${this._to}
      .words=${this.words}
      .times=${this.times}
      @kg-seek=${({ detail }) => this._scrub(detail)}
    ></kg-timeline>`;
  }

  /** While the finger moves, only the newest wish is asked for. */
  _scrub({ at, final }) {
    this._at = at;
    clearTimeout(this._soon);
    this._stage?.aside();
    this._soon = setTimeout(() => this._seek(at, this._stage?.playing ?? false), final ? 0 : 180);
  }

  _marked() {
    return stretch({ from: this._from, to: this._to }, this, {
      mark: (edge) => this._mark(edge),
      clear: () => this._unmark(),
      begin: (deed) => (this._doing = deed),
    });
  }

  _dialog() {
    return html`<kg-range
      .desk=${this.desk}
      .words=${this.words}
      .times=${this.times}
      .cameras=${this._known.cameras}
      .camera=${this._camera}
      .from=${this._from}
      .to=${this._to}
      .deed=${this._doing}
      @kg-close=${() => this._done()}
    ></kg-range>`;
  }

  _done() {
    this._doing = "";
    this._freshly();
  }

  async _freshly() {
    await this.look(() => this.desk.ask("footage/day", { camera: this._camera, day: this._day }));
    this.renderRoot.querySelector("kg-tasks")?.look_now();
  }
}

customElements.define("kg-recordings", Recordings);
