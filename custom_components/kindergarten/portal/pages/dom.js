// Makes elements. Whatever comes from outside ends as text: nothing here parses HTML.

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, unknown>} [props] attributes; `onclick` and the like take functions only
 * @param {...Child} children texts, nodes, lists of them; empty ones are left out
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name === "value") /** @type {HTMLInputElement} */ (element).value = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  fill(element, children);
  return element;
}

/**
 * Add children to an element.
 * @param {Element} element
 * @param {Child[]} children
 */
function fill(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) fill(element, child);
    else if (child instanceof Node) element.append(child);
    else if (child !== null && child !== undefined && child !== false) element.append(String(child));
  }
}

/** Whether an object itself has a name, whatever words come from outside. @param {object} object @param {string} name */
export const owns = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

/**
 * Give an element new children instead of those it has.
 * @param {Element} element
 * @param {...Child} children
 */
export function replace(element, ...children) {
  element.textContent = "";
  fill(element, children);
}
