// Days on which the whole house, or one room, is closed to parents.

import { html, nothing } from "../lit.js";
import { Page } from "../parts/page.js";

class Holidays extends Page {
  render() {
    const closures = [...this.table.closures].sort((one, other) => one.from_day.localeCompare(other.from_day));
    const today = this.words.today();
    return html`<section class="card">
      <div>
        <h2>${this.t("holidays.title")}</h2>
        <p class="lead">${this.t("holidays.lead")}</p>
      </div>
      ${closures.length
        ? html`<table class="stack">
            <thead>
              <tr>
                ${["holidays.days", "room"].map((key) => html`<th scope="col">${this.t(key)}</th>`)}
                <th scope="col"><span class="unseen">${this.t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              ${closures.map((each) => this._row(each))}
            </tbody>
          </table>`
        : nothing}
      <form class="fields" @submit=${this._add}>
        <div class="pair">
          <label class="field">${this.t("holidays.from")}<input type="date" name="from" required min=${today} value=${today} /></label>
          <label class="field">${this.t("holidays.until")}<input type="date" name="until" required min=${today} value=${today} /></label>
          <label class="field"
            >${this.t("room")}
            <select name="room">
              <option value="">${this.t("holidays.house")}</option>
              ${this.words.sorted(this.table.rooms.filter((room) => !room.never_shown)).map(
                (room) => html`<option value=${room.id}>${room.name}</option>`,
              )}
            </select></label
          >
        </div>
        <div class="row end"><button ?disabled=${this.busy}>${this.t("holidays.add")}</button></div>
      </form>
    </section>`;
  }

  _row(closure) {
    const days =
      closure.from_day === closure.until_day
        ? this.words.day(closure.from_day)
        : `${this.words.day(closure.from_day)} – ${this.words.day(closure.until_day)}`;
    const others = this.table.closures.filter(({ id }) => id !== closure.id);
    return html`<tr>
      <td>${days}</td>
      <td>${closure.room_id ? this.room(closure.room_id) : this.t("holidays.house")}</td>
      <td class="acts">
        <button type="button" class="plain" ?disabled=${this.busy} aria-label=${this.t("holidays.remove_of", { days })} @click=${() => this._set(others)}>
          ${this.t("remove")}
        </button>
      </td>
    </tr>`;
  }

  _add(event) {
    event.preventDefault();
    const typed = new FormData(event.target);
    const closure = { from_day: typed.get("from"), until_day: typed.get("until"), room_id: typed.get("room") || null };
    return this._set([...this.table.closures, closure]);
  }

  _set(closures) {
    const told = closures.map(({ from_day, until_day, room_id }) => ({ from_day, until_day, room_id }));
    return this.tell("people/closures", { closures: told }, this.t("saved"));
  }
}

customElements.define("kg-holidays", Holidays);
