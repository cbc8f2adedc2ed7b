"""Frigate's configuration in its three copies: in the file, as shown, and as the deletion thread has it."""

import ast
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import yaml  # type: ignore[import-untyped]

from .versions import Version

type Tree = dict[str, Any]

_RETAIN = {"days": 10, "mode": "motion"}
_INCIDENTS = {"pre_capture": 5, "post_capture": 5, "retain": _RETAIN}


class ConfigError(Exception):
    """What was to be set is not valid."""


def record_defaults(version: Version) -> Tree:
    """Return the `record` section as it is when nothing is written."""
    section: Tree = {"enabled": False, "expire_interval": 60}
    if version.continuous:
        section |= {"continuous": {"days": 0}, "motion": {"days": 0}}
    else:
        section |= {"retain": {"days": 0, "mode": "all"}}
    if not version.at_least(0, 18):
        section |= {"sync_recordings": False}
    return section | deepcopy({"alerts": _INCIDENTS, "detections": _INCIDENTS})


def keep_all(version: Version, days: float) -> Tree:
    """Return a `record` section that keeps everything for some days."""
    keep = {"continuous": {"days": days}} if version.continuous else {"retain": {"days": days, "mode": "all"}}
    incidents = {"retain": {"days": days, "mode": "all"}}
    return {"enabled": True, **keep, "alerts": incidents, "detections": deepcopy(incidents)}


def camera_section(camera: str, address: str) -> Tree:
    """Return what stands in the file for a camera; `address` is its RTSP address with a login."""
    return {
        "ffmpeg": {
            "inputs": [
                {"path": f"{address}/main", "roles": ["record"]},
                {"path": f"{address}/sub", "roles": ["detect"]},
            ]
        },
        "live": {"streams": {"Main": camera, "Sub": f"{camera}_sub"}},
    }


class Configuration:
    """The three copies, which Frigate lets differ until it restarts."""

    def __init__(self, version: Version, file: Tree) -> None:
        self.version = version
        self.file = file
        self.shown = deepcopy(file)
        self.running = deepcopy(file)
        self.changed_live = False

    @property
    def cameras(self) -> list[str]:
        """Return the names of the cameras as Frigate runs them."""
        return list(self.shown["cameras"])

    def restart(self) -> None:
        """Read the file again."""
        self.shown, self.running, self.changed_live = deepcopy(self.file), deepcopy(self.file), False

    def raw(self) -> str:
        """Return the file."""
        return str(yaml.safe_dump(self.file, sort_keys=False))

    def set(self, values: Mapping[str, Any], *, restart: bool) -> None:
        """Write dotted keys; without `restart` they are shown at once, and the deletion thread is not told.

        Raises ConfigError; then nothing has changed.
        """
        changed = deepcopy(self.file)
        for key, value in values.items():
            _write(changed, key.split("."), value)
        self._check(changed)
        self.file = changed
        if not restart:
            self.shown = deepcopy(changed)
            self.changed_live = True

    def record(self, camera: str | None, tree: Tree | None = None) -> Tree:
        """Return the effective `record` section of a camera, or the global one; of `shown` when no tree is given."""
        tree = self.shown if tree is None else tree
        section = _merged(record_defaults(self.version), tree.get("record", {}))
        own = tree["cameras"].get(camera, {}).get("record", {}) if camera else {}
        return _merged(section, own)

    def _check(self, tree: Tree) -> None:
        for section in (tree, *tree["cameras"].values()):
            _check_section(record_defaults(self.version), section.get("record", {}), "record")
        for name, camera in tree["cameras"].items():
            if not camera.get("ffmpeg", {}).get("inputs"):
                raise ConfigError(f"cameras -> {name} -> ffmpeg: Field required")


def parse_value(text: str) -> Any:
    """Return a value of a query: a Python literal, else text."""
    try:
        return ast.literal_eval(text)
    except ValueError, SyntaxError:
        return text


def flat(tree: Tree, prefix: str = "") -> Tree:
    """Return a tree as dotted keys."""
    found: Tree = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def _write(tree: Tree, keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
    if value == "":
        tree.pop(keys[-1], None)
    else:
        tree[keys[-1]] = value


def _merged(base: Tree, over: Tree) -> Tree:
    merged = deepcopy(base)
    for key, value in over.items():
        merged[key] = _merged(merged.get(key, {}), value) if isinstance(value, dict) else value
    return merged


def _check_section(known: Tree, given: Tree, where: str) -> None:
    for key, value in given.items():
        place = f"{where} -> {key}"
        if key not in known:
            raise ConfigError(f"{place}: Extra inputs are not permitted")
        if isinstance(known[key], dict):
            if not isinstance(value, dict):
                raise ConfigError(f"{place}: Input should be a valid dictionary")
            _check_section(known[key], value, place)
        elif isinstance(known[key], bool):
            if not isinstance(value, bool):
                raise ConfigError(f"{place}: Input should be a valid boolean")
        elif isinstance(known[key], (int, float)) and (
            not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0
        ):
            raise ConfigError(f"{place}: Input should be a number greater than or equal to 0")
