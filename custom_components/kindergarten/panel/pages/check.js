// The set-up check: what should be right, each line measured or said by the owner, with where it is mended.

import { css, html, nothing } from "../lit.js";
import { cureOf } from "../parts/cure.js";
import { Look } from "../parts/look.js";
import "../parts/still.js";
import "./check_clock.js";

const LIGHTS = { green: "good", yellow: "warm", red: "bad", unknown: "" };
const PARTS = [
  ["disk", ["days", "disk", "ups"]],
  ["time", ["clock", "same_time", "camera_clocks"]],
  ["picture", ["codec", "keys", "bitrate", "picture_size", "frame_rate"]],
  ["parents", ["exposure", "backups", "consents", "notices"]],
];
/** Where it says in a camera's own menu, by the camera's brand. */
const IN_CAMERA = ["codec", "keys", "bitrate", "picture_size", "frame_rate"];

class Check extends Look {
  static styles = [
    Look.styles,
    css`
      .lines {
        list-style: none;
        display: grid;
      }
      .lines > li {
        display: grid;
        grid-template-columns: 116px minmax(0, 1fr) auto;
        gap: 8px 14px;
        padding: 14px 0;
        border-top: 1px solid var(--line);
        align-items: start;
      }
      .lines > li:first-child {
        border: 0;
        padding-top: 0;
      }
      .lines > li:last-child {
        padding-bottom: 0;
      }
      .chip {
        justify-self: start;
      }
      .said {
        display: grid;
        gap: 8px;
      }
      .menus {
        list-style: none;
        display: grid;
        gap: 4px;
      }
      .counts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      @media (max-width: 599px) {
        .lines > li {
          grid-template-columns: minmax(0, 1fr);
        }
        .lines > li > .button,
        .lines > li > button {
          justify-self: start;
        }
      }
    `,
  ];

  willUpdate(changed) {
    if (changed.has("table")) this._refresh();
  }

  _refresh() {
    return this.look(async () => ({ ...(await this.desk.ask("check")), at: Date.now() }));
  }

  render() {
    return html`<div class="page">
      <div class="head">
        <div>
          <h1>${this.t("place.check")}</h1>
          <p class="lead">${this.t("setup.lead")}</p>
        </div>
        ${this.found ? this._counts(this.found.lines) : nothing}
      </div>
      ${this.unsure(() => this._refresh())}
      ${this.found
        ? PARTS.map(
            ([part, keys]) => html`<section class="card">
              <h2>${this.t(`setup.part_${part}`)}</h2>
              <ul class="lines">
                ${this.found.lines.filter(({ key }) => keys.includes(key)).map((line) => this._line(line))}
              </ul>
            </section>`,
          )
        : nothing}
    </div>`;
  }

  _counts(lines) {
    return html`<div class="counts" role="status">
      ${Object.keys(LIGHTS).map((light) => {
        const count = lines.filter((line) => line.light === light).length;
        return count ? html`<span class="chip ${LIGHTS[light]}">${this.t(`setup.count_${light}`, { count })}</span>` : nothing;
      })}
    </div>`;
  }

  _line(line) {
    const { key, light, say, values, cameras, fix } = line;
    const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === "number" ? this.words.number(value, Math.abs(value) < 100 ? 1 : 0) : value]));
    const title = this.t(`setup.${key}`);
    return html`<li>
      <span class="chip ${LIGHTS[light]}">${this.t(`setup.light_${light}`)}</span>
      <div class="said">
        <div>
          <h3>${title}</h3>
          <p>${this.t(`setup.${key}.${say}`, shown)}</p>
        </div>
        ${key === "same_time" ? html`<kg-check-clock .desk=${this.desk} .words=${this.words} .found=${this.found}></kg-check-clock>` : nothing}
        ${cameras.length ? this._menus(key, cameras) : nothing} ${line.question ? this._question(line, title) : nothing}
      </div>
      ${cureOf(this, fix, title)}
    </li>`;
  }

  _menus(key, cameras) {
    if (!IN_CAMERA.includes(key)) return html`<p class="hint">${cameras.map(({ name }) => name).join(", ")}</p>`;
    const brands = [...new Set(cameras.map(({ brand }) => brand))];
    return html`<ul class="menus">
      ${brands.map(
        (brand) => html`<li class="hint">
          <strong>${cameras.filter((each) => each.brand === brand).map(({ name }) => name).join(", ")}</strong> –
          ${this.desk.menu(brand)}
        </li>`,
      )}
    </ul>`;
  }

  _question({ question, said, said_us }, title) {
    if (said !== null) {
      return html`<div class="row">
        <span class="hint">${this.t("setup.said", { when: this.words.moment(said_us) })}</span>
        <button type="button" class="plain" ?disabled=${this.busy} @click=${() => this._say(question, null)}>
          ${this.t("setup.take_back")}<span class="unseen">: ${title}</span>
        </button>
      </div>`;
    }
    return html`<div class="row">
      ${[true, false].map(
        (yes) => html`<button type="button" ?disabled=${this.busy} @click=${() => this._say(question, yes)}>
          ${this.t(yes ? `setup.${question}.say_yes` : `setup.${question}.say_no`)}<span class="unseen">: ${title}</span>
        </button>`,
      )}
    </div>`;
  }

  async _say(question, yes) {
    if (await this.tell("check/say", { question, yes }, this.t("saved"))) await this._refresh();
  }
}

customElements.define("kg-check", Check);
