// Headings, cards, chips, notes: what stands where.

import { css } from "../lit.js";

export const layout = css`
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
    text-wrap: pretty;
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
  /* A button goes below rather than squeeze the words. */
  .head:has(> button:not(.plain)) > :first-child {
    flex-basis: 240px;
  }
  h1 + .lead,
  h2 + .lead {
    margin-top: 4px;
  }
  .head > div > .lead {
    margin-top: 0;
  }
  /* What will be said here takes no room until then. */
  [role="status"]:empty {
    position: absolute;
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
  }
`;
