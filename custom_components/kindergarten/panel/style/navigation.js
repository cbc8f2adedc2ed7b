// The navigation: a column at a desk, two rows on a phone.

import { css } from "../lit.js";

export const navigation = css`
  nav {
    position: sticky;
    top: var(--header-height, 56px);
    align-self: start;
    max-height: calc(100vh - var(--header-height, 56px));
    overflow-y: auto;
    padding: 20px 5px 20px 16px;
    display: grid;
    gap: 2px;
  }
  .pages {
    display: grid;
    gap: 2px;
    margin: 0 0 8px 14px;
  }
  .pages h2 {
    font-size: 13px;
    color: var(--soft);
    padding: 8px 14px 4px;
  }
  nav a {
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: 8px;
    min-height: 40px;
    padding: 6px 14px;
    border-radius: 20px;
    color: var(--ink);
    text-decoration: none;
    font-weight: 500;
  }
  nav a:hover {
    background: color-mix(in srgb, var(--ink) 7%, transparent);
  }
  nav a[aria-current="true"] {
    font-weight: 700;
  }
  nav a[aria-current="page"] {
    background: color-mix(in srgb, var(--primary-color, #009ac7) 20%, var(--card));
  }
  @media (max-width: 869px) {
    nav {
      z-index: 3;
      display: flex;
      flex-wrap: wrap;
      gap: 0;
      max-height: none;
      overflow: visible;
      padding: 0 4px;
      background: var(--card);
      border-bottom: 1px solid var(--line);
    }
    nav > a {
      flex: auto;
      justify-content: center;
      min-height: 48px;
      padding: 6px 2px;
      border-radius: 0;
      border-bottom: 3px solid transparent;
    }
    nav > a[aria-current] {
      background: none;
      color: var(--link);
      font-weight: 500;
      border-color: currentcolor;
    }
    .pages {
      order: 1;
      flex: 0 0 100%;
      display: flex;
      overflow-x: auto;
      margin: 0;
      padding: 4px 0;
      scrollbar-width: none;
    }
    .pages h2 {
      display: none;
    }
    .pages a {
      flex: none;
    }
    nav a:focus-visible {
      outline-offset: -3px;
    }
  }
`;
