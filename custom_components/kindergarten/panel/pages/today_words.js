// What is wrong, in one line: a repair by its own title, alarms and broken rules by ours.

/** @typedef {{kind: "repair" | "alarm" | "rule", key: string, values: Record<string, string>, cause: string | null, cameras: string[], rooms: string[]}} Wrong */

/** @param {import("../parts/page.js").Page} page @param {Wrong} wrong */
export function titleOf(page, wrong) {
  const { kind, key, values } = wrong;
  if (kind === "repair") return page.desk.repair(key, values) || page.t("wrong.other");
  return kind === "alarm" ? alarm(page, wrong) : rule(page, wrong);
}

function alarm(page, { key, cause, cameras }) {
  const camera = cameras.join(", ") || page.t("wrong.a_camera");
  const paths = {
    recording: "sensor.state.state",
    picture: "binary_sensor.picture_problem.state_attributes.cause.state",
    archive: "binary_sensor.archive_problem.state_attributes.problem.state",
    retention: "binary_sensor.archive_problem.state_attributes.problem.state",
  };
  const why = cause && paths[key] ? page.desk.said(`${paths[key]}.${cause}`) : "";
  const said = page.t(`wrong.${key}`, { camera });
  return why ? `${said}: ${why}` : said;
}

/** The rooms and cameras that a broken rule is about. @param {Wrong} wrong */
export function whoOf({ kind, rooms, cameras }) {
  return kind === "rule" ? [...rooms, ...cameras].join(", ") : "";
}

function rule(page, { key, values }) {
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.replace("x", " × ")]));
  return page.t(`wrong.rule_${key}`, shown);
}
