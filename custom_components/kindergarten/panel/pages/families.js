// The families: groups and what keeps their rooms closed, children, guardians.

import { css, html, nothing, repeat } from "../lit.js";
import { Page } from "../parts/page.js";
import "../parts/sheet.js";
import "./child.js";
import "./group.js";
import "./guardian.js";
import "./list.js";

const CONSENTS = { given: "good", missing: "warm", outdated: "warm", refused: "bad", withdrawn: "bad" };

class Families extends Page {
  static properties = { _open: { state: true }, _search: { state: true }, _group: { state: true } };

  static styles = [
    Page.styles,
    css`
      .bar {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
        gap: 12px;
      }
      .who {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin: -4px -10px;
      }
      button.name {
        min-height: 32px;
        padding: 4px 10px;
        font-weight: 400;
        text-align: start;
        overflow-wrap: anywhere;
      }
      .shut {
        text-decoration: line-through;
      }
      .names {
        color: var(--soft);
        overflow-wrap: anywhere;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin: 6px 0;
        appearance: none;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--line);
      }
      progress::-webkit-progress-bar {
        background: none;
      }
      progress::-webkit-progress-value {
        background: var(--good);
      }
      progress::-moz-progress-bar {
        background: var(--good);
      }
      @media (min-width: 600px) {
        .said {
          position: absolute;
          clip-path: inset(50%);
        }
      }
      @media (max-width: 599px) {
        button.name {
          min-height: 40px;
        }
      }
    `,
  ];

  constructor() {
    super();
    this._open = null;
    this._search = "";
    this._group = "";
  }

  render() {
    const { groups, children, guardians } = this.table;
    return html`<div class="page">
      <div class="head">
        <div>
          <h1>${this.t("place.families")}</h1>
          <p class="lead">
            ${this.t("families.counts", { groups: groups.length, children: children.length, guardians: guardians.length })}
          </p>
        </div>
        <div class="row">
          <button type="button" class="main" @click=${() => this._show("list")}>${this.t("list.open")}</button>
          <button type="button" @click=${() => this._show("group")}>${this.t("group.add")}</button>
          ${groups.length
            ? html`<button type="button" @click=${() => this._show("child")}>${this.t("child.add")}</button>
                <button type="button" @click=${() => this._show("guardian")}>${this.t("guardian.add")}</button>`
            : nothing}
        </div>
      </div>
      ${groups.length ? html`<div class="cards">${this.words.sorted(groups).map((each) => this._groupCard(each))}</div>` : nothing}
      ${children.length ? this._children() : html`<div class="empty"><p>${this.t("families.none")}</p></div>`}
      ${this._loose()} ${this._sheet()}
    </div>`;
  }

  _groupCard(group) {
    const { given, needed, missing } = group.consents;
    const names = this.words.sorted(missing.map((id) => this.child(id)).filter(Boolean)).map(({ name }) => name);
    return html`<section class="card" aria-label=${group.name}>
      <div class="head">
        <div>
          <h2>${group.name}</h2>
          <p class="soft">${group.room_id ? this.room(group.room_id) : this.t("group.no_room")}</p>
        </div>
        <button type="button" class="plain" aria-label=${this.t("change_of", { name: group.name })} @click=${() => this._show("group", group.id)}>
          ${this.t("change")}
        </button>
      </div>
      ${needed
        ? html`<div>
            <p><strong>${this.t("group.forms", { given, needed })}</strong></p>
            <progress max=${needed} value=${given} aria-label=${this.t("group.forms", { given, needed })}></progress>
            ${names.length
              ? html`<p class="names">
                  ${names.length > 6
                    ? this.t("group.missing_more", { names: names.slice(0, 5).join(", "), more: names.length - 5 })
                    : this.t("group.missing", { names: names.join(", ") })}
                </p>`
              : nothing}
          </div>`
        : html`<p class="soft">${this.t("group.empty")}</p>`}
      ${group.closed_because.length
        ? html`<div>
            <h3>${this.t("group.closed")}</h3>
            <ul class="reasons">
              ${group.closed_because.map((reason) => html`<li>${this.t(`closed.${reason}`)}</li>`)}
            </ul>
          </div>`
        : html`<p><span class="chip good">${this.t("group.ready")}</span></p>`}
    </section>`;
  }

  _children() {
    const search = this._search.trim().toLocaleLowerCase();
    const found = this.words.sorted(this.table.children).filter((child) => {
      if (this._group && child.group_id !== this._group) return false;
      const names = [child.name, ...child.guardians.map((id) => this.guardian(id)?.name ?? "")];
      return names.some((name) => name.toLocaleLowerCase().includes(search));
    });
    const asked = this.table.groups.some((group) => group.needs_presence);
    return html`<section class="card" aria-label=${this.t("families.children")}>
      <div class="bar">
        <label class="field"
          >${this.t("families.search")}
          <input type="search" autocomplete="off" .value=${this._search} @input=${(event) => (this._search = event.target.value)} />
        </label>
        <label class="field"
          >${this.t("group")}
          <select @change=${(event) => (this._group = event.target.value)}>
            <option value="" ?selected=${!this._group}>${this.t("all")}</option>
            ${this.words.sorted(this.table.groups).map(
              (group) => html`<option value=${group.id} ?selected=${this._group === group.id}>${group.name}</option>`,
            )}
          </select>
        </label>
      </div>
      <p class="unseen" role="status">${this.t("families.found", { count: found.length })}</p>
      <div class="table">
        <table class="stack">
          <thead>
            <tr>
              <th scope="col">${this.t("child")}</th>
              <th scope="col">${this.t("group")}</th>
              <th scope="col">${this.t("guardians")}</th>
              <th scope="col">${this.t("form")}</th>
              ${asked ? html`<th scope="col">${this.t("child.here")}</th>` : nothing}
              <th scope="col"><span class="unseen">${this.t("actions")}</span></th>
            </tr>
          </thead>
          <tbody>
            ${repeat(found, (child) => child.id, (child) => this._row(child, asked))}
          </tbody>
        </table>
      </div>
      ${found.length ? nothing : html`<p class="soft">${this.t("families.nobody")}</p>`}
    </section>`;
  }

  _row(child, asked) {
    const group = this.group(child.group_id);
    return html`<tr>
      <td>${child.name}</td>
      <td>
        ${group?.name ?? this.t("child.no_group")}
        ${child.until_day ? html`<div class="soft">${this.t("child.until", { day: this.words.day(child.until_day) })}</div>` : nothing}
      </td>
      <td><div class="who">${child.guardians.map((id) => this._who(id))}</div></td>
      <td>
        ${child.enrolled ? html`<span class="chip ${CONSENTS[child.consent]}">${this.t(`consent.${child.consent}`)}</span>` : nothing}
      </td>
      ${asked
        ? html`<td>
            ${group?.needs_presence && child.enrolled
              ? html`<label class="tick"
                  ><input
                    type="checkbox"
                    .checked=${child.present}
                    @change=${(event) => this.tell("people/presence", { child_ids: [child.id], present: event.target.checked })}
                  /><span class="said">${this.t("child.here")}<span class="unseen">: ${child.name}</span></span></label
                >`
              : nothing}
          </td>`
        : nothing}
      <td class="acts">
        <button type="button" class="plain" aria-label=${this.t("change_of", { name: child.name })} @click=${() => this._show("child", child.id)}>
          ${this.t("change")}
        </button>
      </td>
    </tr>`;
  }

  _who(id) {
    const guardian = this.guardian(id);
    if (!guardian) return nothing;
    const in_ = !guardian.blocked && guardian.valid;
    return html`<button type="button" class="name plain" @click=${() => this._show("guardian", id)}>
      <span class=${in_ ? "" : "shut"}>${guardian.name}</span>
      ${in_ ? nothing : html`<span class="unseen">${this.t("guardian.shut")}</span>`}
    </button>`;
  }

  /** Guardians whom no child leads to. */
  _loose() {
    const loose = this.words.sorted(this.table.guardians.filter((each) => !each.children.length));
    if (!loose.length) return nothing;
    return html`<section class="card">
      <h2>${this.t("families.loose")}</h2>
      <div class="who">${loose.map(({ id }) => this._who(id))}</div>
    </section>`;
  }

  _show(what, id = null) {
    this._open = { what, id };
  }

  _sheet() {
    if (!this._open) return nothing;
    const { what, id } = this._open;
    const close = () => (this._open = null);
    const open = (event) => (this._open = event.detail);
    const [desk, words, table] = [this.desk, this.words, this.table];
    switch (what) {
      case "list":
        return html`<kg-list .desk=${desk} .words=${words} .table=${table} @kg-close=${close}></kg-list>`;
      case "group":
        return html`<kg-group .desk=${desk} .words=${words} .table=${table} .of=${id} @kg-close=${close}></kg-group>`;
      case "child":
        return html`<kg-child .desk=${desk} .words=${words} .table=${table} .of=${id} @kg-close=${close} @kg-open=${open}></kg-child>`;
      default:
        return html`<kg-guardian .desk=${desk} .words=${words} .table=${table} .of=${id} @kg-close=${close}></kg-guardian>`;
    }
  }
}

customElements.define("kg-families", Families);
