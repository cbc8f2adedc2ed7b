// Buttons and fields.

import { css } from "../lit.js";

export const controls = css`
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
  }
  button:hover:not(:disabled),
  .button:hover {
    background: var(--tint);
  }
  button.main,
  .button.main {
    background: var(--strong);
    border-color: transparent;
    color: #fff;
  }
  button.main:hover:not(:disabled),
  .button.main:hover {
    background: color-mix(in srgb, var(--strong) 86%, #000);
  }
  button.stop {
    color: var(--stop);
    border-color: currentcolor;
  }
  button.stop.plain {
    border-color: transparent;
  }
  button.plain,
  .button.plain {
    border-color: transparent;
    background: none;
    padding-inline: 12px;
  }
  button:disabled,
  .button[aria-busy] {
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
  label.tick > span {
    align-self: baseline;
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
  @media (max-width: 599px) {
    button,
    .button {
      min-height: 44px;
    }
  }
`;
