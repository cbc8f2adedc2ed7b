// Tables, which on a phone become one card after the other.

import { css } from "../lit.js";

export const tables = css`
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
    vertical-align: baseline;
    overflow-wrap: break-word;
  }
  td:last-child,
  th:last-child {
    padding-inline-end: 0;
  }
  td.when {
    white-space: nowrap;
  }
  td.acts {
    text-align: end;
    white-space: nowrap;
  }
  @media (max-width: 599px) {
    .stack thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .stack,
    .stack tbody,
    .stack td {
      display: block;
    }
    .stack tr {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      column-gap: 8px;
      padding: 12px 0;
      border-top: 1px solid var(--line);
    }
    .stack tbody tr:first-child {
      border-top: 0;
    }
    .stack td {
      grid-column: 1 / -1;
      border: 0;
      padding: 2px 0;
      text-align: start;
      white-space: normal;
    }
    .stack td:empty {
      display: none;
    }
    .stack td:first-child {
      font-weight: 500;
    }
    .stack td:not(:only-child):has(~ .acts):first-child {
      grid-column: 1;
      align-self: center;
    }
    .stack td.acts {
      grid-area: 1 / 2;
    }
    .stack td.acts button.plain {
      padding-inline: 8px;
      margin-inline-end: -8px;
    }
    /* What stood in the column's heading. */
    .stack td[data-label]::before {
      content: attr(data-label) ": ";
      color: var(--soft);
    }
  }
`;
