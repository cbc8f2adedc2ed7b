// What the panel uses of Lit. No directive that makes markup out of words is here, and none may come.

export { LitElement, css, html, nothing, svg } from "./vendor/lit/lit-element.js";
export { live } from "./vendor/lit/directives/live.js";
export { repeat } from "./vendor/lit/directives/repeat.js";
