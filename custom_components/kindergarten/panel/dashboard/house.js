// What the dashboard is made of: rooms and cameras with their entities, found by the registry and not by names.

const PLATFORM = "kindergarten";

/**
 * A device with its name and its entities: `of("switch.privacy_pause")` is one's id, if there is one that is shown.
 * @typedef {{id: string, name: string, model: string, parent: string | null, of: (kind: string) => string | undefined}} Thing
 */

/** @param {any} device @param {any[]} entities @returns {Thing} */
function thing(device, entities) {
  const kinds = new Map(entities.map(({ entity_id: id, translation_key: key }) => [`${id.split(".")[0]}.${key ?? ""}`, id]));
  return {
    id: device.id,
    name: device.name_by_user || device.name || "",
    model: device.model_id,
    parent: device.via_device_id,
    of: (kind) => kinds.get(kind),
  };
}

/**
 * The kindergarten, its rooms and cameras, in the order of the language.
 * @param {any} hass @param {import("../words.js").Words} words
 */
export function houseOf(hass, words) {
  const entities = Object.values(hass.entities).filter(({ platform, hidden }) => platform === PLATFORM && !hidden);
  const things = Object.values(hass.devices)
    .filter(({ identifiers, disabled_by: disabled }) => !disabled && identifiers?.some(([domain]) => domain === PLATFORM))
    .map((device) => thing(device, entities.filter(({ device_id: id }) => id === device.id)));
  const of = (model) => words.sorted(things.filter((each) => each.model === model));
  const cameras = of("camera");
  const rooms = of("room").map((room) => ({ ...room, cameras: cameras.filter(({ parent }) => parent === room.id) }));
  return { site: of("kindergarten")[0], rooms, cameras };
}
