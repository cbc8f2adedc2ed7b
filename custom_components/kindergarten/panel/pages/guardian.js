// A guardian: who, whose, until when; shutting out, and removing for good.

import { css, html, nothing } from "../lit.js";
import { costOf, isDear, told } from "../parts/cost.js";
import { Form } from "../parts/form.js";

const LANGUAGES = { kk: "Қазақша", ru: "Русский", en: "English" };

class Guardian extends Form {
  static properties = { _dear: { state: true } };

  static styles = [
    Form.styles,
    css`
      fieldset {
        border: 1px solid var(--edge);
        border-radius: 8px;
        padding: 4px 12px;
        margin: 0;
        max-height: 190px;
        overflow: auto;
        min-width: 0;
      }
      legend {
        font-weight: 500;
        padding: 0 4px;
      }
    `,
  ];

  render() {
    const guardian = this.guardian(this.of);
    const mine = new Set(guardian?.children);
    const children = this.words.sorted(this.table.children).sort((one, other) => mine.has(other.id) - mine.has(one.id));
    return this.sheet(
      guardian ? guardian.name : this.t("guardian.add"),
      html`${guardian?.blocked ? html`<p class="note bad">${this.t("guardian.blocked")}</p>` : nothing}
        <form class="fields" @submit=${this._save} @input=${() => (this._dear = null)}>
          <label class="field">${this.t("name")}<input name="name" required maxlength="200" autocomplete="off" value=${guardian?.name ?? ""} /></label>
          <div class="pair">
            <label class="field"
              >${this.t("phone")}<input name="phone" type="tel" maxlength="40" autocomplete="off" value=${guardian?.phone ?? ""} /></label
            >
            <label class="field"
              >${this.t("language")}
              <select name="language">
                ${Object.entries(LANGUAGES).map(
                  ([code, name]) => html`<option value=${code} ?selected=${code === (guardian?.language ?? "kk")}>${name}</option>`,
                )}
              </select></label
            >
          </div>
          <fieldset>
            <legend>${this.t("children")}</legend>
            ${children.map(
              (child) => html`<label class="tick"
                ><input type="checkbox" name="child" value=${child.id} ?checked=${mine.has(child.id)} />
                <span>${child.name} <span class="soft">${this.group(child.group_id)?.name ?? ""}</span></span></label
              >`,
            )}
          </fieldset>
          <label class="tick"
            ><input type="checkbox" name="relative" ?checked=${guardian?.relative} /><span
              >${this.t("guardian.relative")}<br /><span class="hint">${this.t("guardian.relative_hint")}</span></span
            ></label
          >
          <div class="pair">
            ${this.day("from", this.t("guardian.from"), guardian?.valid_from ?? this.words.today())}
            ${this.day("until", this.t("guardian.until"), guardian?.valid_until ?? "", false)}
          </div>
          <div role="status">${this._dear ? told(this._dear.cost, this.words) : nothing}</div>
          <div class="row end">
            <button class=${this._dear ? "stop" : "main"} ?disabled=${this.busy}>${this.t(this._dear ? "save_anyway" : "save")}</button>
          </div>
        </form>
        ${guardian ? this._rest(guardian) : nothing}`,
    );
  }

  updated(changed) {
    if (changed.has("_dear") && this._dear) this.renderRoot.querySelector("form .note")?.scrollIntoView({ block: "center" });
  }

  _rest(guardian) {
    const blocked = !guardian.blocked;
    return html`${this.more(
      this.t(guardian.blocked ? "guardian.unblock" : "guardian.block"),
      html`<p class="hint">${this.t(guardian.blocked ? "guardian.unblock_hint" : "guardian.block_hint")}</p>
        ${blocked ? this._cost({ what: "block", guardian_id: guardian.id }) : nothing}
        <div class="row end">
          <button type="button" class=${blocked ? "stop" : ""} ?disabled=${this.busy}
            @click=${() => this.tell("people/guardian/block", { guardian_id: guardian.id, blocked }, this.t(blocked ? "guardian.blocked" : "guardian.unblocked"))}
          >
            ${this.t(guardian.blocked ? "guardian.unblock" : "guardian.block")}
          </button>
        </div>`,
    )}
    ${this.more(
      this.t("guardian.remove"),
      this.surely(html`${this.t("guardian.remove_hint")} ${this._cost({ what: "remove", guardian_id: guardian.id })}`, guardian.name, this.t("guardian.remove"), (confirm) =>
        this.finish("people/guardian/remove", { guardian_id: guardian.id, confirm }, this.t("removed")),
      ),
    )}`;
  }

  _cost(change) {
    return html`<kg-cost .desk=${this.desk} .words=${this.words} .table=${this.table} .change=${change}></kg-cost>`;
  }

  /** What of a save takes something from somebody. @param {FormData} typed */
  _takes(typed) {
    const guardian = this.guardian(this.of);
    if (!guardian) return [];
    const of = { guardian_id: guardian.id };
    const until = typed.get("until");
    const left = guardian.children.filter((id) => !typed.getAll("child").includes(id));
    return [
      ...left.map((child_id) => ({ what: "unlink", ...of, child_id })),
      ...(typed.has("relative") && !guardian.relative ? [{ what: "relative", ...of }] : []),
      ...(until && until !== guardian.valid_until ? [{ what: "end", ...of, day: until }] : []),
    ];
  }

  async _save(event) {
    const typed = this.typed(event);
    const takes = this._takes(typed);
    if (takes.length && !this._dear) {
      const cost = await this.act(() => costOf(this.desk, takes));
      if (!cost) return;
      if (isDear(cost)) {
        this._dear = { cost };
        return;
      }
    }
    const id = this.of ? { guardian_id: this.of } : {};
    const fields = {
      ...id,
      name: typed.get("name"),
      phone: typed.get("phone"),
      language: typed.get("language"),
      relative: typed.has("relative"),
      valid_from: typed.get("from"),
      valid_until: typed.get("until") || null,
      children: typed.getAll("child"),
    };
    await this.finish("people/guardian/save", fields, this.t("saved"));
  }
}

customElements.define("kg-guardian", Guardian);
