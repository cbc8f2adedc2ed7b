// The panel's look, out of Home Assistant's own variables, so that it follows every theme.

import { css } from "./lit.js";

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
  }
`;

/** What every page and part shares. */
export const common = css`
  :host {
    display: block;
  }
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  h1 {
    font-size: 24px;
    font-weight: 500;
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 17px;
    font-weight: 500;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  h3 {
    font-size: 14px;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .page {
    display: grid;
    gap: 20px;
  }
  .lead,
  .soft {
    color: var(--soft);
  }
  .lead {
    max-width: 68ch;
  }
  .card {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--round);
    padding: 20px;
    display: grid;
    gap: 14px;
    align-content: start;
    min-width: 0;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 16px;
    align-items: start;
    justify-content: space-between;
  }
  .head > :first-child {
    flex: 1 1 150px;
    min-width: 0;
    display: grid;
    gap: 4px;
  }
  .page > .head > :first-child {
    flex-basis: 300px;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .end {
    justify-content: flex-end;
  }
  .cards {
    display: grid;
    gap: 16px;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
  }
  .empty {
    color: var(--soft);
    padding: 28px 20px;
    text-align: center;
    border: 1px dashed var(--edge);
    border-radius: var(--round);
    display: grid;
    gap: 12px;
    justify-items: center;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }
  button,
  .button {
    min-height: 40px;
    padding: 8px 16px;
    border: 1px solid var(--edge);
    border-radius: 20px;
    background: var(--card);
    color: var(--link);
    font-weight: 500;
    line-height: 1.3;
    cursor: pointer;
    text-decoration: none;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
  }
  button:hover:not(:disabled) {
    background: var(--tint);
  }
  button.main {
    background: var(--strong);
    border-color: transparent;
    color: #fff;
  }
  button.main:hover:not(:disabled) {
    background: color-mix(in srgb, var(--strong) 86%, #000);
  }
  button.stop {
    color: var(--stop);
    border-color: currentcolor;
  }
  button.plain {
    border-color: transparent;
    background: none;
    padding-inline: 12px;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  :focus-visible {
    outline: 3px solid var(--link);
    outline-offset: 2px;
  }
  .fields {
    display: grid;
    gap: 14px;
  }
  .pair {
    display: grid;
    gap: 14px;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
    align-items: start;
  }
  label.field {
    display: grid;
    gap: 4px;
    font-weight: 500;
    min-width: 0;
  }
  label.field small,
  .hint {
    font-weight: 400;
    font-size: 13px;
    color: var(--soft);
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    width: 100%;
    min-height: 44px;
    padding: 9px 12px;
    border: 1px solid var(--edge);
    border-radius: 8px;
    background: var(--card);
    font-weight: 400;
    color-scheme: inherit;
  }
  textarea {
    min-height: 180px;
    font-family: var(--ha-font-family-code, ui-monospace, monospace);
    font-size: 13px;
    resize: vertical;
  }
  input[type="checkbox"],
  input[type="radio"] {
    width: 20px;
    height: 20px;
    margin: 2px 0;
    flex: none;
    accent-color: var(--strong);
  }
  label.tick {
    display: flex;
    gap: 10px;
    align-items: start;
    min-height: 28px;
    padding: 3px 0;
    cursor: pointer;
    overflow-wrap: anywhere;
  }
  .table {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th {
    text-align: start;
    font-weight: 500;
    font-size: 13px;
    color: var(--soft);
    padding: 6px 12px 6px 0;
    vertical-align: bottom;
  }
  td {
    padding: 10px 12px 10px 0;
    border-top: 1px solid var(--line);
    vertical-align: top;
    overflow-wrap: break-word;
  }
  td:last-child,
  th:last-child {
    padding-inline-end: 0;
  }
  td.acts {
    text-align: end;
    white-space: nowrap;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 2px 10px;
    border-radius: 12px;
    font-size: 13px;
    line-height: 20px;
    white-space: nowrap;
    background: color-mix(in srgb, var(--dot, var(--edge)) 16%, var(--card));
    color: var(--ink);
  }
  .chip::before {
    content: "";
    flex: none;
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--dot, var(--edge));
  }
  .good {
    --dot: var(--good);
  }
  .warm {
    --dot: var(--warm);
  }
  .bad {
    --dot: var(--bad);
  }
  .note {
    --dot: var(--primary-color, #009ac7);
    border-inline-start: 4px solid var(--dot);
    background: color-mix(in srgb, var(--dot) 10%, var(--card));
    border-radius: 8px;
    padding: 12px 16px;
    display: grid;
    gap: 8px;
    overflow-wrap: anywhere;
  }
  .note.warm {
    --dot: var(--warm);
  }
  .note.bad {
    --dot: var(--bad);
  }
  .note.good {
    --dot: var(--good);
  }
  .reasons {
    display: grid;
    gap: 6px;
    list-style: none;
  }
  .reasons li {
    display: grid;
    grid-template-columns: 8px 1fr;
    gap: 10px;
    align-items: baseline;
  }
  .reasons li::before {
    content: "";
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--dot, var(--warm));
  }
  pre {
    margin: 0;
    padding: 14px 16px;
    border-radius: 8px;
    border: 1px solid var(--line);
    background: color-mix(in srgb, var(--ink) 5%, var(--card));
    font: 13px/1.5 var(--ha-font-family-code, ui-monospace, monospace);
    overflow-x: auto;
    white-space: pre;
  }
  pre.wrap {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  a {
    color: var(--link);
  }
  details {
    border-top: 1px solid var(--line);
    padding-top: 8px;
  }
  summary {
    min-height: 40px;
    display: list-item;
    padding: 8px 0;
    font-weight: 500;
    cursor: pointer;
  }
  .opened {
    display: grid;
    gap: 12px;
    padding: 8px 0;
  }
  @media (max-width: 599px) {
    .card {
      padding: 16px;
    }
    button,
    .button {
      min-height: 44px;
    }
    .stack thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .stack,
    .stack tbody,
    .stack tr,
    .stack td {
      display: block;
    }
    .stack tr {
      padding: 12px 0;
      border-top: 1px solid var(--line);
    }
    .stack tbody tr:first-child {
      border-top: 0;
    }
    .stack td {
      border: 0;
      padding: 2px 0;
      text-align: start;
      white-space: normal;
    }
  }
`;
