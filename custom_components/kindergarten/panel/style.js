// The panel's look, out of Home Assistant's own variables, so that it follows every theme.

import { css } from "./lit.js";
import { controls } from "./style/controls.js";
import { layout } from "./style/layout.js";
import { tables } from "./style/tables.js";

/** Colours and measures; inherited by everything inside the panel. */
export const ground = css`
  :host {
    --ink: var(--primary-text-color, #212121);
    --soft: color-mix(in srgb, var(--ink) 74%, var(--card));
    --card: var(--card-background-color, #fff);
    --line: var(--divider-color, rgb(0 0 0 / 12%));
    --edge: color-mix(in srgb, var(--ink) 52%, var(--card));
    --strong: color-mix(in srgb, var(--primary-color, #009ac7) 68%, #000);
    --link: var(--strong);
    --tint: color-mix(in srgb, var(--primary-color, #009ac7) 12%, var(--card));
    --good: var(--success-color, #43a047);
    --warm: var(--warning-color, #ffa600);
    --bad: var(--error-color, #db4437);
    --stop: color-mix(in srgb, var(--bad) 82%, #000);
    --amber: color-mix(in srgb, var(--warm) 58%, var(--card));
    --round: var(--ha-card-border-radius, 12px);
    color: var(--ink);
    font-family: var(--ha-font-family-body, var(--paper-font-body1_-_font-family, Roboto, "Noto Sans", sans-serif));
    font-size: 14px;
    line-height: 1.5;
    -webkit-font-smoothing: antialiased;
  }
  :host([dark]) {
    --link: color-mix(in srgb, var(--primary-color, #009ac7) 62%, #fff);
    --stop: color-mix(in srgb, var(--bad) 60%, #fff);
    --amber: color-mix(in srgb, var(--warm) 36%, var(--card));
  }
`;

/** What every page and part shares. */
export const common = [layout, controls, tables];
