// What parents ask to be kept; the recording is held already, the owner decides.

import { html, nothing } from "../lit.js";
import { Look } from "../parts/look.js";

const STATES = { open: "warm", granted: "good", refused: "bad", closed: "" };

class Requests extends Look {
  willUpdate(changed) {
    if (changed.has("table")) this._refresh();
  }

  _refresh() {
    return this.look(() => this.desk.ask("requests/list"));
  }

  render() {
    const found = [...(this.found ?? [])].sort(
      (one, other) => (other.state === "open") - (one.state === "open") || other.number - one.number,
    );
    return html`<div class="page">
      <div>
        <h1>${this.t("place.requests")}</h1>
        <p class="lead">${this.t("requests.lead")}</p>
      </div>
      ${this.unsure(() => this._refresh())}
      ${found.length ? html`<div class="cards">${found.map((each) => this._card(each))}</div>` : nothing}
      ${this.found && !found.length ? html`<div class="empty"><p>${this.t("requests.none")}</p></div>` : nothing}
    </div>`;
  }

  _card(request) {
    const open = request.state === "open";
    return html`<section class="card" aria-label=${this.t("requests.number", { number: request.number })}>
      <div class="head">
        <div>
          <h2>${this.t("requests.number", { number: request.number })}</h2>
          <p class="soft">${this.words.moment(request.made_us)}</p>
        </div>
        <span class="chip ${STATES[request.state]}">${this.t(`request.${request.state}`)}</span>
      </div>
      <p>
        ${this.guardian(request.guardian_id)?.name ?? this.t("guardian.gone")}${this.child(request.child_id)
          ? html` · ${this.child(request.child_id).name}`
          : nothing}<br />
        ${this.room(request.room_id)}, ${this.words.moment(request.from_us)} – ${this.words.time(request.to_us)}
      </p>
      <p class="hint">${this.t(request.hold_uid ? "requests.held" : "requests.not_held")} ${this.t(`request.${request.state}_hint`)}</p>
      ${request.state === "closed"
        ? nothing
        : html`<div class="row">
            ${open
              ? html`${this._button(request, "granted", "main")} ${this._button(request, "refused", "stop")}`
              : this._button(request, "closed", "")}
            ${request.state === "refused" ? this._button(request, "granted", "plain") : nothing}
          </div>`}
    </section>`;
  }

  _button({ number }, state, kind) {
    return html`<button type="button" class=${kind} ?disabled=${this.busy} @click=${() => this._decide(number, state)}>
      ${this.t(`request.do_${state}`)}<span class="unseen"> ${number}</span>
    </button>`;
  }

  async _decide(number, state) {
    if (await this.tell("requests/decide", { number, state }, this.t("saved"))) await this._refresh();
  }
}

customElements.define("kg-requests", Requests);
