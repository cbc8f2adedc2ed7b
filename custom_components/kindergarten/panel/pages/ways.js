// The ways in: the door at pick-up time, links to send, strips to hand out.

import { css, html, nothing } from "../lit.js";
import { download } from "../parts/download.js";
import { hold } from "../parts/hold.js";
import { Look } from "../parts/look.js";
import "../parts/sheet.js";
import "./door.js";
import "./told.js";

const STATES = { open: "good", used: "", expired: "warm", dead: "bad", cancelled: "" };

class Ways extends Look {
  static properties = {
    _chosen: { state: true },
    _group: { state: true },
    _told: { state: true },
    _papers: { state: true },
  };

  static styles = [
    Look.styles,
    css`
      .people {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr));
        gap: 2px 20px;
        max-height: 320px;
        overflow: auto;
        padding: 4px;
        border-block: 1px solid var(--line);
        list-style: none;
      }
      .people small {
        display: block;
        color: var(--soft);
        font-size: 13px;
      }
    `,
  ];

  constructor() {
    super();
    this._chosen = new Set();
    this._group = "";
    this._told = null;
    this._papers = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    hold(this, false);
  }

  updated(changed) {
    if (changed.has("table")) this._refresh();
    hold(this, Boolean(this._told ?? this._papers));
  }

  _refresh() {
    return this.look(async () => ({
      links: await this.desk.ask("ways/invitations"),
      open: (await this.desk.ask("portal/get")).portal_enabled,
    }));
  }

  render() {
    return html`<div class="page">
      <div>
        <h1>${this.t("place.ways")}</h1>
        <p class="lead">${this.t("ways.lead")}</p>
      </div>
      ${this.found?.open === false
        ? html`<div class="note warm">
            <p>${this.t("ways.off")}</p>
            <div><button type="button" @click=${() => this.go("golive")}>${this.t("place.golive")}</button></div>
          </div>`
        : nothing}
      <kg-door .desk=${this.desk} .words=${this.words} .table=${this.table}></kg-door>
      ${this._invite()} ${this.unsure(() => this._refresh())} ${this._open()}
      ${this._told
        ? html`<kg-told .desk=${this.desk} .words=${this.words} .table=${this.table} .told=${this._told} @kg-close=${() => (this._told = null)}></kg-told>`
        : nothing}
      ${this._papers ? this._paper(this._papers) : nothing}
    </div>`;
  }

  _invite() {
    const guardians = this.words.sorted(this.table.guardians).filter((guardian) => {
      const inGroup = !this._group || guardian.children.some((id) => this.child(id)?.group_id === this._group);
      return inGroup && guardian.valid && this.enrolled(guardian);
    });
    const ids = guardians.map(({ id }) => id);
    const chosen = ids.filter((id) => this._chosen.has(id));
    const without = guardians.filter((each) => !each.devices && !each.invited_until_us);
    return html`<section class="card">
      <div>
        <h2>${this.t("invite.title")}</h2>
        <p class="lead">${this.t("invite.lead")}</p>
      </div>
      ${guardians.length || this._group
        ? html`<div class="pair">
              <label class="field"
                >${this.t("group")}
                <select @change=${(event) => (this._group = event.target.value)}>
                  <option value="">${this.t("all")}</option>
                  ${this.words.sorted(this.table.groups).map((each) => html`<option value=${each.id}>${each.name}</option>`)}
                </select></label
              >
            </div>
            <div class="row">
              <button type="button" class="plain" @click=${() => this._choose(without)}>${this.t("invite.without", { count: without.length })}</button>
              <button type="button" class="plain" @click=${() => this._choose([])}>${this.t("invite.nobody")}</button>
            </div>
            <ul class="people" tabindex="0" aria-label=${this.t("guardians")}>
              ${guardians.map((each) => html`<li>${this._person(each)}</li>`)}
            </ul>
            <div class="row end">
              <button type="button" ?disabled=${this.busy || !chosen.length} @click=${() => this._print(chosen)}>
                ${this.t("invite.print", { count: chosen.length })}
              </button>
              <button type="button" class="main" ?disabled=${this.busy || !chosen.length} @click=${() => this._make(chosen)}>
                ${this.t("invite.make", { count: chosen.length })}
              </button>
            </div>`
        : html`<p class="soft">${this.t("invite.none")}</p>`}
    </section>`;
  }

  _person(guardian) {
    const state = guardian.devices
      ? this.t("invite.phones", { count: guardian.devices })
      : guardian.invited_until_us
        ? this.t("invite.until", { when: this.words.moment(guardian.invited_until_us) })
        : this.t("invite.not_yet");
    return html`<label class="tick"
      ><input type="checkbox" .checked=${this._chosen.has(guardian.id)} @change=${(event) => this._tick(guardian.id, event.target.checked)} />
      <span>${guardian.name}<small>${this.childrenOf(guardian)} · ${state}</small></span></label
    >`;
  }

  _open() {
    const links = (this.found?.links ?? []).filter(({ state }) => state === "open");
    if (!links.length) return nothing;
    return html`<section class="card">
      <h2>${this.t("links.title")}</h2>
      <div class="table">
        <table class="stack">
          <thead>
            <tr>
              ${["guardian", "links.kind", "links.until", "state"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
              <th scope="col"><span class="unseen">${this.t("actions")}</span></th>
            </tr>
          </thead>
          <tbody>
            ${links.map((link) => this._link(link))}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  _link(link) {
    const name = this.guardian(link.guardian_id)?.name ?? "";
    return html`<tr>
      <td>${name}</td>
      <td data-label=${this.t("links.kind")}>${this.t(link.printed ? "links.printed" : "links.sent")}</td>
      <td data-label=${this.t("links.until")}>${this.words.moment(link.until_us)}</td>
      <td><span class="chip ${STATES[link.state] ?? ""}">${this.t("links.tries", { count: link.tries_left })}</span></td>
      <td class="acts">
        <button type="button" class="plain" aria-label=${this.t("links.cancel_of", { name })} ?disabled=${this.busy}
          @click=${() => this.tell("ways/cancel", { invitation_id: link.id }, this.t("links.cancelled"))}
        >
          ${this.t("links.cancel")}
        </button>
      </td>
    </tr>`;
  }

  _paper({ links, codes, count }) {
    return html`<kg-sheet heading=${this.t("paper.title")} closing=${this.t("close")} @kg-close=${() => (this._papers = null)}>
      <p>${this.t("paper.lead", { count })}</p>
      <div class="row">
        <button type="button" class="main" @click=${() => download(links, "invitations.pdf")}>${this.t("paper.links")}</button>
        <button type="button" class="main" @click=${() => download(codes, "codes.pdf")}>${this.t("paper.codes")}</button>
      </div>
      <p class="hint">${this.t("paper.hint")}</p>
    </kg-sheet>`;
  }

  _tick(id, on) {
    const chosen = new Set(this._chosen);
    if (on) chosen.add(id);
    else chosen.delete(id);
    this._chosen = chosen;
  }

  _choose(guardians) {
    this._chosen = new Set(guardians.map(({ id }) => id));
  }

  async _make(ids) {
    const told = await this.act(() => this.desk.ask("ways/invite", { guardian_ids: ids }));
    if (!told) return;
    this._told = told;
    this._choose([]);
  }

  async _print(ids) {
    const papers = await this.act(() => this.desk.ask("ways/invite_on_paper", { guardian_ids: ids }));
    if (!papers) return;
    this._papers = papers;
    this._choose([]);
  }
}

customElements.define("kg-ways", Ways);
