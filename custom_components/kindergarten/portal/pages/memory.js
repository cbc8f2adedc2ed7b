// What a browser may remember: the language, and while somebody comes in, what a lost answer must not lose.

/** @typedef {"language" | "known" | "visits" | "saver" | "home"} Kept */

/**
 * @param {Storage | undefined} storage
 * @param {string} name
 * @returns {string | null}
 */
function read(storage, name) {
  try {
    return storage?.getItem(`kindergarten.${name}`) ?? null;
  } catch {
    return null; // a private window may have no storage
  }
}

/**
 * @param {Storage | undefined} storage
 * @param {string} name
 * @param {string | null} value
 */
function write(storage, name, value) {
  try {
    if (value === null) storage?.removeItem(`kindergarten.${name}`);
    else storage?.setItem(`kindergarten.${name}`, value);
  } catch {
    // The page works without: it only asks again.
  }
}

/** @returns {Storage | undefined} */
const local = () => {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
};

/** @returns {Storage | undefined} */
const session = () => {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
};

/** @param {Kept} name */
export const remembered = (name) => read(local(), name);
/** @param {Kept} name @param {string | null} value */
export const remember = (name, value) => write(local(), name, value);
/** What ends with the tab. @param {string} name */
export const held = (name) => read(session(), name);
/** @param {string} name @param {string | null} value */
export const hold = (name, value) => write(session(), name, value);
