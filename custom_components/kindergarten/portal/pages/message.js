// ICU-style messages: `{name}` and `{n, plural, one {# try} other {# tries}}`.

/**
 * The index of the brace that closes the one at `start`.
 * @param {string} text
 * @param {number} start
 */
function closing(text, start) {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return text.length;
}

/**
 * @param {string} body what stands after `plural,`
 * @param {number} count
 * @param {string} language
 */
function plural(body, count, language) {
  /** @type {Record<string, string>} */
  const forms = {};
  const form = /\s*(=?\w+)\s*\{/y;
  for (let found = form.exec(body); found; found = form.exec(body)) {
    const end = closing(body, form.lastIndex - 1);
    forms[found[1]] = body.slice(form.lastIndex, end);
    form.lastIndex = end + 1;
  }
  const rule = new Intl.PluralRules(language).select(count);
  return (forms[`=${count}`] ?? forms[rule] ?? forms.other ?? "").replaceAll("#", String(count));
}

/**
 * Put values into a message.
 * @param {string} text
 * @param {Record<string, string | number>} values
 * @param {string} language
 * @returns {string}
 */
export function format(text, values, language) {
  let result = "";
  let at = 0;
  for (let open = text.indexOf("{"); open >= 0; open = text.indexOf("{", at)) {
    const end = closing(text, open);
    const [name, kind, ...rest] = text.slice(open + 1, end).split(",");
    const value = values[name.trim()];
    result += text.slice(at, open);
    if (kind?.trim() === "plural") result += format(plural(rest.join(","), Number(value), language), values, language);
    else result += value ?? "";
    at = end + 1;
  }
  return result + text.slice(at);
}
