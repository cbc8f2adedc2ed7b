// A child: name, group, guardians, the last day, and forgetting a family for good.

import { html, nothing } from "../lit.js";
import "../parts/cost.js";
import { Form } from "../parts/form.js";

class Child extends Form {
  static properties = { _last: { state: true } };

  render() {
    const child = this.child(this.of);
    const current = child?.enrolled ? child.group_id : "";
    return this.sheet(
      child ? child.name : this.t("child.add"),
      html`<form class="fields" @submit=${this._save}>
          <label class="field">${this.t("name")}<input name="name" required maxlength="200" autocomplete="off" value=${child?.name ?? ""} /></label>
          <div class="pair">
            <label class="field"
              >${this.t("group")}
              <select name="group" required>
                ${this.words.sorted(this.table.groups).map(
                  (group) => html`<option value=${group.id} ?selected=${group.id === current}>${group.name}</option>`,
                )}
              </select></label
            >
            ${this.day("day", this.t("from_day"), this.words.today())}
          </div>
          ${child ? html`<p class="hint">${this.t("child.group_hint")}</p>` : nothing}
          <div class="row end"><button class="main" ?disabled=${this.busy}>${this.t("save")}</button></div>
        </form>
        ${child ? this._rest(child) : nothing}`,
    );
  }

  _rest(child) {
    return html`${child.guardians.length
      ? html`<div>
          <h3>${this.t("guardians")}</h3>
          <div class="row">
            ${child.guardians.map(
              (id) => html`<button type="button" @click=${() => this._open(id)}>${this.guardian(id)?.name}</button>`,
            )}
          </div>
        </div>`
      : nothing}
    ${child.enrolled
      ? this.more(
          this.t("child.leave"),
          html`<form class="fields" @submit=${this._leaves}>
            <p class="hint">${this.t("child.leave_hint")}</p>
            <div @change=${(event) => (this._last = event.target.value)}>
              ${this.day("day", this.t("child.last_day"), child.until_day ?? this.words.today())}
            </div>
            ${this._cost({ what: "leave", child_id: child.id, day: this._last || (child.until_day ?? this.words.today()) })}
            <div class="row end"><button ?disabled=${this.busy}>${this.t("child.leave")}</button></div>
          </form>`,
        )
      : nothing}
    ${this.more(
      this.t("child.forget"),
      this.surely(html`${this.t("child.forget_hint")} ${this._cost({ what: "forget", child_id: child.id })}`, child.name, this.t("child.forget"), (confirm) =>
        this.finish("people/family/forget", { child_id: child.id, confirm }, this.t("child.forgotten")),
      ),
    )}`;
  }

  _cost(change) {
    return html`<kg-cost .desk=${this.desk} .words=${this.words} .table=${this.table} .change=${change}></kg-cost>`;
  }

  _open(id) {
    this.dispatchEvent(new CustomEvent("kg-open", { detail: { what: "guardian", id } }));
  }

  _save(event) {
    const typed = this.typed(event);
    const id = this.of ? { child_id: this.of } : {};
    const fields = { ...id, name: typed.get("name"), group_id: typed.get("group"), from_day: typed.get("day") };
    return this.finish("people/child/save", fields, this.t("saved"));
  }

  _leaves(event) {
    const fields = { child_id: this.of, last_day: this.typed(event).get("day") };
    return this.finish("people/child/leave", fields, this.t("saved"));
  }
}

customElements.define("kg-child", Child);
