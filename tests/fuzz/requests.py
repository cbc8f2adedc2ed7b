"""What is asked of the engine: the desired state and the bodies of its API."""

import json

from kindergarten_engine import PROTOCOL
from kindergarten_engine.config import Config, dump, load, parse
from kindergarten_engine.errors import RequestError

from .harness import Target

UID = "ab" * 16
STATE = {
    "proto": PROTOCOL,
    "rev": 7,
    "archive": {"path": "/media/archive", "archive_id": "A-1", "volumes": [{"path": "/media/old", "archive_id": "B-2", "role": "old"}]},
    "site": {"time_zone": "Asia/Almaty"},
    "profile": {"key": "kz-2026"},
    "rooms": [{"uid": UID, "kind": "group", "label": "Күншуақ"}],
    "holds": {"share": 0.5},
    "retention": {"days": 31, "minimum_days": 30, "maximum_days": None},
    "file_s": 300,
    "without_ha_s": None,
    "cameras": [
        {
            "uid": UID,
            "label": "Door",
            "main": {"url": "rtsp://camera:554/main?channel=1"},
            "sub": {"url": "rtsp://camera/sub"},
            "user": "admin",
            "secret": "s3cret",
            "sound": False,
            "sub_policy": "warm",
            "room": {"uid": UID, "kind": "group", "label": "Күншуақ"},
            "schedule": {"days": {"mon": [["08:00", "18:00"]]}},
        }
    ],
}  # fmt: skip


def _config(data: bytes) -> None:
    """Take a desired state, and read back what would be kept of it."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RequestError("bad_json", "is no JSON") from error
    config, _ = parse(value, Config())
    again, complaints = load(dump(config))
    assert again == config, "what is kept is not what was wanted"
    assert not complaints


def targets() -> list[Target]:
    """Return what reads requests."""
    text = json.dumps(STATE, ensure_ascii=False).encode()
    words = (b"null", b"true", b"-1", b"1e400", b"NaN", b"[]", b"{}", b'"', b"\\u0000", b"\\ud800", b"[" * 3000, b"9" * 5000,
             b"rtsp://", b"file:///", b"http://[::1", b"../", b"\xff", b'"rtsp"', b"\x00")  # fmt: skip
    return [Target(name="api", seeds=(text,), take=_config, refusals=(RequestError,), tokens=words)]
