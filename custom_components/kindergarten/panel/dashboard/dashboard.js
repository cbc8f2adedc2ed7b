// The dashboard's configuration: a view of each room for staff, and one of the whole house for the director.

import { houseOf } from "./house.js";

const WIDE = { columns: 12, rows: "auto" };
const HALF = { columns: 6, rows: 3 };
/** Without the device's name, which the heading says already. */
const OWN = { type: "entity" };
const CALM = ["off"];

/**
 * @param {any} hass @param {import("../words.js").Words} words
 * @returns {{views: object[]}}
 */
export function dashboard(hass, words) {
  const house = houseOf(hass, words);
  const rooms = house.rooms.map((room) => roomView(room, words));
  // Who is no administrator sees the same entities elsewhere: leaving the view out is a kindness, no lock.
  const views = hass.user?.is_admin ? [directorView(house, words), ...rooms] : rooms;
  return { views: views.length ? views : [emptyView(words)] };
}

/** What staff need of one room. */
function roomView(room, words) {
  const watching = room.of("sensor.viewers");
  const pause = room.of("switch.privacy_pause");
  const incident = room.of("button.incident");
  const cards = [
    watching && tile(watching, words.t("dashboard.watching"), { icon: "mdi:eye-outline", grid_options: WIDE }),
    incident && press(incident, words),
    pause && toggle(pause, words),
  ].filter(Boolean);
  const pictures = room.cameras.map((camera) => picture(camera, "live")).filter(Boolean);
  return {
    title: room.name,
    path: `room-${room.id}`,
    type: "sections",
    max_columns: 2,
    sections: [
      { type: "grid", cards: pictures.length ? pictures : [note(words.t("dashboard.no_camera"))] },
      { type: "grid", cards },
    ],
  };
}

/** What the director asks first: is anything wrong, how many days, what do the cameras see. */
function directorView({ site, rooms, cameras }, words) {
  const troubles = [
    ...["archive_problem", "clock_problem", "profile_problem"].map((key) => site?.of(`binary_sensor.${key}`)),
    ...cameras.flatMap((camera) => ["recording_problem", "picture_problem"].map((key) => camera.of(`binary_sensor.${key}`))),
  ].filter(Boolean);
  const calm = troubles.map((entity) => ({ condition: "state", entity, state: CALM }));
  const days = ["archive_days", "archive_free", "holds", "next_inspection"].map((key) => site?.of(`sensor.${key}`)).filter(Boolean);
  return {
    title: words.t("dashboard.director"),
    path: "director",
    icon: "mdi:clipboard-check-outline",
    type: "sections",
    max_columns: 3,
    sections: [
      section(words.t("dashboard.problems"), [
        { ...note(words.t(troubles.length ? "dashboard.calm" : "dashboard.nothing")), visibility: calm },
        ...troubles.map((entity) => ({
          ...tile(entity, undefined, { grid_options: WIDE }),
          // What is not known is no good news.
          visibility: [{ condition: "state", entity, state_not: CALM }],
        })),
      ]),
      section(words.t("dashboard.days"), [
        ...cameras
          .map((camera) => [camera.of("sensor.days_proven"), camera.name])
          .filter(([entity]) => entity)
          .map(([entity, name]) => tile(entity, name, { icon: "mdi:calendar-check" })),
      ]),
      section(words.t("dashboard.archive"), days.map((entity) => tile(entity, OWN, { grid_options: WIDE }))),
      {
        ...section(words.t("dashboard.cameras"), cameras.map((camera) => picture(camera, "auto")).filter(Boolean)),
        column_span: 3,
      },
      section(words.t("dashboard.watching"), rooms
        .map((room) => [room.of("sensor.viewers"), room.name])
        .filter(([entity]) => entity)
        .map(([entity, name]) => tile(entity, name, { icon: "mdi:eye-outline" }))),
    ].filter(({ cards }) => cards.length > 1),
  };
}

/** @param {string} heading @param {object[]} cards */
const section = (heading, cards) => ({ type: "grid", cards: [{ type: "heading", heading }, ...cards] });

/** @param {string} entity @param {string | object} [name] @param {object} [more] */
const tile = (entity, name, more = {}) => ({ type: "tile", entity, ...(name === undefined ? {} : { name }), ...more });

/** A camera's picture: `live` moves, `auto` is a still every ten seconds. */
function picture(camera, view) {
  const entity = camera.of("camera.");
  if (!entity) return undefined;
  return {
    type: "picture-entity",
    entity,
    name: camera.name,
    camera_view: view,
    show_state: false,
    grid_options: view === "live" ? { columns: "full", rows: "auto" } : WIDE,
  };
}

/** Kept from before and after now, asked about once: two taps. */
function press(entity, words) {
  return {
    type: "button",
    entity,
    name: words.t("dashboard.incident"),
    icon: "mdi:alert-octagon",
    show_state: false,
    tap_action: {
      action: "perform-action",
      perform_action: "button.press",
      target: { entity_id: entity },
      confirmation: { text: words.t("dashboard.incident_sure") },
    },
    grid_options: HALF,
  };
}

/** One tap each way. */
function toggle(entity, words) {
  return {
    type: "button",
    entity,
    name: words.t("dashboard.pause"),
    icon: "mdi:eye-off",
    show_state: true,
    tap_action: { action: "toggle" },
    grid_options: HALF,
  };
}

/** @param {string} content */
const note = (content) => ({ type: "markdown", content, grid_options: WIDE });

function emptyView(words) {
  return {
    title: words.t("dashboard.director"),
    path: "empty",
    type: "sections",
    sections: [{ type: "grid", cards: [note(words.t("dashboard.empty"))] }],
  };
}
