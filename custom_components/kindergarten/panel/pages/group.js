// A group: its name, its room, a September move, its end.

import { html, nothing } from "../lit.js";
import { Form } from "../parts/form.js";

class Group extends Form {
  render() {
    const group = this.group(this.of);
    const rooms = this.words.sorted(this.table.rooms.filter((room) => !room.never_shown || room.id === group?.room_id));
    const others = this.words.sorted(this.table.groups.filter((each) => each.id !== this.of));
    return this.sheet(
      group ? group.name : this.t("group.add"),
      html`<form class="fields" @submit=${this._save}>
          <label class="field">${this.t("name")}<input name="name" required maxlength="200" autocomplete="off" value=${group?.name ?? ""} /></label>
          <label class="field"
            >${this.t("room")}
            <select name="room">
              <option value="">${this.t("group.no_room")}</option>
              ${rooms.map((room) => html`<option value=${room.id} ?selected=${room.id === group?.room_id}>${room.name}</option>`)}
            </select>
            <small>${this.t("group.room_hint")}</small>
          </label>
          <label class="tick"
            ><input type="checkbox" name="presence" ?checked=${group?.needs_presence} /><span
              >${this.t("group.presence")}<br /><span class="hint">${this.t("group.presence_hint")}</span></span
            ></label
          >
          <div class="row end"><button class="main" ?disabled=${this.busy}>${this.t("save")}</button></div>
        </form>
        ${group && others.length && group.children ? this._move(group, others) : nothing}
        ${group ? this._remove(group) : nothing}`,
    );
  }

  _move(group, others) {
    return this.more(
      this.t("group.move"),
      html`<form class="fields" @submit=${(event) => this._moved(event)}>
        <p class="hint">${this.t("group.move_hint", { count: group.children })}</p>
        <div class="pair">
          <label class="field"
            >${this.t("group.to")}
            <select name="to" required>
              ${others.map((each) => html`<option value=${each.id}>${each.name}</option>`)}
            </select></label
          >
          ${this.day("day", this.t("from_day"), this.words.today())}
        </div>
        <div class="row end"><button ?disabled=${this.busy}>${this.t("group.move")}</button></div>
      </form>`,
    );
  }

  _remove(group) {
    return this.more(
      this.t("group.remove"),
      html`<p class="hint">${this.t("group.remove_hint")}</p>
        <div class="row end">
          <button type="button" class="stop" ?disabled=${this.busy}
            @click=${() => this.finish("people/group/remove", { group_id: group.id }, this.t("removed"))}
          >
            ${this.t("group.remove")}
          </button>
        </div>`,
    );
  }

  _save(event) {
    const typed = this.typed(event);
    const id = this.of ? { group_id: this.of } : {};
    const fields = { ...id, name: typed.get("name"), room_id: typed.get("room") || null, needs_presence: typed.has("presence") };
    return this.finish("people/group/save", fields, this.t("saved"));
  }

  async _moved(event) {
    const typed = this.typed(event);
    const fields = { from_group: this.of, to_group: typed.get("to"), from_day: typed.get("day") };
    const moved = await this.act(() => this.desk.ask("people/group/move", fields));
    if (!moved) return;
    this.say(this.t("group.moved", { count: moved.children }));
    this.close();
  }
}

customElements.define("kg-group", Group);
