"""What the control API makes of bad requests."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from .rig import EngineProcess, camera, config, uid


@pytest.fixture
async def engine(running: EngineProcess) -> EngineProcess:
    """Return an engine without cameras."""
    await running.answering()
    await running.ask("PUT", "config", config(None, rev=0))
    return running


GOOD = camera(1, "rtsp://127.0.0.1:9/main")


async def raw(engine: EngineProcess, data: bytes) -> bytes:
    """Send bytes to the socket and return what comes back."""
    reader, writer = await asyncio.open_unix_connection(engine.socket)
    try:
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(150):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_garbage_does_no_harm(engine: EngineProcess) -> None:
    pid = (await engine.ask("GET", "hello"))["pid"]
    for data in (
        b"\x00" * 10_000,
        b"\xff\xfe\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"PUT /v1/config HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        b"PUT /v1/config HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /v1/events?after=x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ):
        await raw(engine, data)
    assert (await engine.ask("GET", "hello"))["pid"] == pid
    assert "Traceback" not in engine.log()


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ([], "wrong_type", None),
        ({**config(None), "proto": 2}, "wrong_protocol", "proto"),
        ({**config(None), "rev": "1"}, "wrong_type", "rev"),
        ({**config(None), "rev": True}, "wrong_type", "rev"),
        ({**config(None), "extra": 1}, "unknown_field", "extra"),
        ({**config(None), "file_s": 0}, "out_of_range", "file_s"),
        ({**config(None), "cameras": [GOOD] * 200}, "out_of_range", "cameras"),
        (config(Path("relative")), "bad_path", "archive.path"),
        (config(Path("/")), "bad_path", "archive.path"),
        (config(Path("/a\nb")), "bad_text", "archive.path"),
        (
            {**config(None), "retention": {"days": 10, "minimum_days": 30, "maximum_days": None}},
            "below_minimum",
            "retention.days",
        ),
        (
            {**config(None), "retention": {"days": 40, "minimum_days": 30, "maximum_days": 35}},
            "above_maximum",
            "retention.days",
        ),
    ],
)
async def test_desired_state_that_cannot_be_is_refused_whole(
    engine: EngineProcess, body: object, code: str, field: str | None
) -> None:
    status, answer = await engine.answer("PUT", "config", body)
    assert (status, answer["code"], answer["field"]) == (400, code, field)
    assert (await engine.ask("GET", "status"))["rev"] == 0


BAD_CAMERAS: list[tuple[Any, str, str]] = [
    ("camera", "wrong_type", "cameras[1]"),
    ({**GOOD, "uid": "../../etc"}, "bad_id", "cameras[1].uid"),
    ({**GOOD, "uid": uid(1) + "0"}, "out_of_range", "cameras[1].uid"),
    (GOOD, "duplicate", "cameras[1].uid"),
    (camera(2, ""), "out_of_range", "cameras[1].main.url"),
    (camera(2, "rtsp://"), "bad_address", "cameras[1].main.url"),
    (camera(2, "file:///etc/passwd"), "bad_address", "cameras[1].main.url"),
    (camera(2, "concat:/etc/passwd"), "bad_address", "cameras[1].main.url"),
    (camera(2, "rtsp://h:99999/x"), "bad_address", "cameras[1].main.url"),
    (camera(2, "rtsp://h/a b"), "bad_address", "cameras[1].main.url"),
    (camera(2, "rtsp://h/\r\nX: y"), "bad_text", "cameras[1].main.url"),
    (camera(2, "rtsp://me:pw@h/x"), "login_in_address", "cameras[1].main.url"),
    (camera(2, "rtsp://h/" + "a" * 10_000), "out_of_range", "cameras[1].main.url"),
    (camera(2, "rtsp://h/x", label="a\x00b"), "bad_text", "cameras[1].label"),
    (camera(2, "rtsp://h/x", label="a" * 10_000), "out_of_range", "cameras[1].label"),
    (camera(2, "rtsp://h/x", secret=5), "wrong_type", "cameras[1].secret"),
    (camera(2, "rtsp://h/x", sound="yes"), "wrong_type", "cameras[1].sound"),
    (camera(2, "rtsp://h/x", sub_policy="never"), "wrong_choice", "cameras[1].sub_policy"),
    (camera(2, "rtsp://h/x", sub={"url": "x"}), "bad_address", "cameras[1].sub.url"),
    (camera(2, "rtsp://h/x", more=1), "unknown_field", "cameras[1].more"),
]


async def test_wrong_camera_does_not_hinder_the_others(engine: EngineProcess) -> None:
    for bad, code, field in BAD_CAMERAS:
        status, answer = await engine.answer("PUT", "config", config(None, GOOD, bad))
        assert status == 200
        assert [(error["code"], error["field"]) for error in answer["errors"]] == [(code, field)]
        assert set(answer["applied"] + answer["unchanged"]) == {uid(1)}


async def test_camera_made_wrong_goes_on_as_it_was(engine: EngineProcess) -> None:
    await engine.ask("PUT", "config", config(None, GOOD))
    answer = await engine.ask("PUT", "config", config(None, {**GOOD, "main": {"url": "nonsense"}}))
    assert answer["unchanged"] == [uid(1)]
    assert answer["errors"][0]["uid"] == uid(1)


async def test_reconciliation_tells_what_was_touched(engine: EngineProcess) -> None:
    two, three = camera(2, "rtsp://127.0.0.1:9/2"), camera(3, "rtsp://127.0.0.1:9/3")
    await engine.ask("PUT", "config", config(None, GOOD, two))
    changed = {**two, "label": "Other"}
    answer = await engine.ask("PUT", "config", config(None, GOOD, changed, three, rev=2))
    assert answer == {
        "rev": 2,
        "applied": [uid(2), uid(3)],
        "unchanged": [uid(1)],
        "removed": [],
        "errors": [],
    }
    assert (await engine.ask("PUT", "config", config(None)))["removed"] == [uid(1), uid(2), uid(3)]


async def test_body_that_is_too_large_is_refused(engine: EngineProcess) -> None:
    status, answer = await engine.answer("PUT", "config", "a" * (2 << 20))
    assert (status, answer["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("method", "route", "status", "code"),
    [
        ("GET", "nothing", 404, "not_found"),
        ("DELETE", "status", 405, "bad_method"),
        ("GET", f"cameras/{uid(9)}/timeline?from=0&to=1", 404, "unknown_camera"),
        ("GET", f"cameras/{uid(1)}/timeline", 400, "missing"),
        ("GET", f"cameras/{uid(1)}/timeline?from=2&to=1", 400, "out_of_range"),
        ("GET", f"cameras/{uid(1)}/timeline?from=x&to=1", 400, "wrong_type"),
        ("GET", f"cameras/{uid(1)}/timeline?from=-1&to=99999999999999999999", 400, "out_of_range"),
        ("GET", f"cameras/{uid(1)}/coverage?from=0&to=99999999999999&step=1", 400, "out_of_range"),
        ("GET", f"cameras/{uid(1)}/main/play.m3u8", 400, "missing"),
        ("GET", f"cameras/{uid(1)}/third/play.m3u8?from=0&to=1", 404, "not_found"),
        ("GET", f"cameras/{uid(1)}/main/media/1/0-0.m4s?from=0&to=1", 404, "not_found"),
        ("GET", f"cameras/{uid(1)}/main/init/{'0' * 64}.mp4", 404, "not_found"),
        ("GET", f"cameras/{uid(1)}/main/init/../../hello", 404, "not_found"),
        ("GET", "jobs/00", 404, "not_found"),
    ],
)
async def test_bad_question_gets_a_clear_answer(
    engine: EngineProcess, method: str, route: str, status: int, code: str
) -> None:
    await engine.ask("PUT", "config", config(None, GOOD))
    found, answer = await engine.answer(method, route)
    assert (found, answer["code"]) == (status, code)
    assert set(answer) == {"code", "text", "field"}
