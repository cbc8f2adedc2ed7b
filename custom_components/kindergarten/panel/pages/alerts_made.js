// Automations are saved and deleted the way Home Assistant's own editor does it, with the owner's login.

const WAIT_MS = 500;
const TRIES = 40;
const NOT_THERE = 400;
const LACKING = ["not_loaded", "missing"];

/** How an automation of ours is, and its light. */
export const STATES = { made: "good", off: "warm", changed: "", missing: "warm", not_loaded: "bad", none: "" };

/** @param {string} id */
const address = (id) => `config/automation/config/${id}`;

/**
 * Save automations; false when Home Assistant does not load what its editor saves, and then nothing stays.
 * @param {import("../desk.js").Desk} desk @param {{id: string, kind: string, config: object}[]} automations
 */
export async function save(desk, automations) {
  for (const { id, config } of automations) await desk.hass.callApi("POST", address(id), config);
  const kinds = automations.map(({ kind }) => kind);
  const { alerts } = await loaded(desk, kinds);
  if (alerts.every(({ kind, state }) => !kinds.includes(kind) || !LACKING.includes(state))) return true;
  await remove(desk, automations);
  return false;
}

/** Wait until Home Assistant has loaded them, or does not in a while. @param {import("../desk.js").Desk} desk @param {string[]} kinds */
export async function loaded(desk, kinds) {
  for (let tried = 0; ; tried += 1) {
    const found = await desk.ask("alerts/get");
    const waiting = found.alerts.some(({ kind, state }) => kinds.includes(kind) && state === "not_loaded");
    if (!waiting || tried === TRIES) return found;
    await new Promise((done) => setTimeout(done, WAIT_MS));
  }
}

/** Delete automations, and forget that we made them. @param {import("../desk.js").Desk} desk @param {{id: string, kind: string}[]} automations */
export async function remove(desk, automations) {
  if (!automations.length) return;
  for (const { id } of automations) {
    try {
      await desk.hass.callApi("DELETE", address(id));
    } catch (refusal) {
      // Somebody deleted it in between.
      if (refusal?.status_code !== NOT_THERE) throw refusal;
    }
  }
  await desk.ask("alerts/forget", { kinds: automations.map(({ kind }) => kind) });
}
