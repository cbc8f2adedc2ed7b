"""Whatever a server answers is read or refused by name: nothing else is ever raised."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
import json
import math

from hypothesis import given, settings, strategies as st
import pytest

from kindergarten_engine.frigate_api import connection, parsing
from kindergarten_engine.frigate_api.errors import FrigateError

_NUMBERS = st.one_of(
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.sampled_from([10**400, -(10**400), math.nan, math.inf, -math.inf, 1e308, True]),
)
_KEYS = st.sampled_from(
    [
        "cameras", "cam1", "record", "continuous", "motion", "days", "retain", "mode", "alerts", "detections",
        "auth", "roles", "go2rtc", "streams", "live", "service", "uptime", "storage", "/media/frigate/recordings",
        "total", "free", "camera_fps", "day", "hours", "hour", "duration", "start_time", "end_time",
        "segment_size", "name", "size", "friendly_name", "usage", "rtsp", "listen",
    ]
)  # fmt: skip
_WORDS = st.one_of(
    st.text(max_size=8), st.sampled_from(["2026-11-20", "9999-12-31", "0001-01-01", "07", "00.10.mp4"])
)
_ANSWERS = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBERS, _WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=4)),
    max_leaves=25,
)

READERS: dict[str, Callable[[object], object]] = {
    "config": lambda value: parsing.config(value, (0, 17, 2)),
    "older config": lambda value: parsing.config(value, (0, 16, 4)),
    "segments": parsing.segments,
    "summary": parsing.summary,
    "listing": parsing.listing,
    "stats": parsing.stats,
    "storage": parsing.used,
    "cases": lambda value: parsing.case_id(value, "x"),
    "ids": lambda value: parsing.export_ids(value, "x"),
    "id": lambda value: parsing.export_id(value, "cam1", "x"),
    "exports": lambda value: parsing.in_case(value, "x"),
    "port": parsing.rtsp_port,
}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None, derandomize=True)
@given(answer=_ANSWERS)
def test_any_json_is_read_or_refused(name: str, answer: object) -> None:
    with suppress(FrigateError):
        READERS[name](answer)


@pytest.mark.parametrize("odd", [10**400, math.nan, math.inf, -1.0])
def test_odd_numbers_are_refused_or_left_out(odd: float) -> None:
    disk = {"total": odd, "free": odd}
    stats = {"service": {"uptime": odd, "storage": {"/media/frigate/recordings": disk}}}
    with suppress(FrigateError):
        parsing.stats(stats | {"cameras": {"cam1": {"camera_fps": odd}}})
    with suppress(FrigateError):
        parsing.segments([{"start_time": 1.0, "end_time": odd, "segment_size": odd}])
    with suppress(FrigateError):
        parsing.summary([{"day": "2026-11-20", "hours": [{"hour": "07", "duration": odd}]}])
    days = {"record": {"continuous": {"days": odd}}}
    with suppress(FrigateError):
        parsing.config(days | {"cameras": {"cam1": days}}, (0, 17, 0))


@pytest.mark.parametrize(
    "claims", ['{"exp": 1' + "0" * 400 + "}", "[" * 5000, '{"exp": NaN}', '{"exp": true}']
)
def test_a_token_may_claim_what_it_likes(claims: str) -> None:
    body = urlsafe_b64encode(claims.encode()).decode()
    found = connection._claims(f"a.{body}.c")
    assert found is None or isinstance(json.dumps(found), str)
