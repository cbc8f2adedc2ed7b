"""Holds, ledger and heads through the engine's socket, in its real process."""

from contextlib import suppress
import os
from pathlib import Path
import time
from typing import Any

import pytest

from .rig import EngineProcess, camera, config, uid, until

ADMINISTRATORS = [{"id": "owner", "since_us": 0}]


@pytest.fixture
async def engine(running: EngineProcess, tmp_path: Path) -> EngineProcess:
    """Return an engine with an archive and a camera that does not answer."""
    await running.answering()
    wanted = config(tmp_path / "archive", camera(1, "rtsp://127.0.0.1:9/main"))
    await running.ask("PUT", "config", wanted)

    async def known() -> bool:
        status, cameras = await running.answer("GET", "cameras")
        return status == 200 and bool(cameras)

    await until(known)
    return running


def hold(**changes: object) -> dict[str, object]:
    now_us = time.time_ns() // 1000
    return {
        "cameras": [uid(1)], "t0_us": now_us - 60_000_000, "t1_us": now_us + 60_000_000, "until_us": None,
        "reason": "a fall in the yard", "by": "owner", "automation": False, "incident": False, **changes,
    }  # fmt: skip


async def test_a_hold_is_made_listed_and_lifted_in_steps(engine: EngineProcess, tmp_path: Path) -> None:
    made = await engine.ask("POST", "holds", hold())
    (listed,) = await engine.ask("GET", "holds")
    assert (listed["uid"], listed["state"], listed["reason"]) == (made["uid"], "held", "a fall in the yard")
    lift = {"by": "owner", "administrators": ADMINISTRATORS}
    asked = await engine.ask("POST", f"holds/{made['uid']}/lift", lift)
    assert asked["state"] == "lift_asked"
    assert asked["not_before_us"] > time.time_ns() // 1000 + 71 * 3_600_000_000
    assert (await engine.ask("POST", f"holds/{made['uid']}/cancel_lift", {"by": "owner"}))["state"] == "held"
    status = await engine.ask("GET", "status")
    assert status["holds"]["count"] == 1
    for path in (tmp_path / "archive").rglob("*"):
        with suppress(FileNotFoundError):  # what is being written has another name until it is whole
            assert not path.is_file() or b"a fall in the yard" not in path.read_bytes()


async def test_a_hold_shows_in_the_timeline(engine: EngineProcess) -> None:
    wanted = hold()
    made = await engine.ask("POST", "holds", wanted)
    span = f"from={wanted['t0_us']}&to={wanted['t1_us']}"
    found = await engine.ask("GET", f"cameras/{uid(1)}/timeline?{span}")
    assert found["holds"] == [{"start_us": wanted["t0_us"], "end_us": wanted["t1_us"], "uid": made["uid"]}]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cameras": ["no"]}, "wrong_type"),
        ({"cameras": [uid(9)]}, "unknown_camera"),
        ({"cameras": []}, "unknown_camera"),
        ({"t1_us": 5}, "bad_value"),
        ({"until_us": 5}, "bad_value"),
        ({"automation": "yes"}, "wrong_type"),
    ],
)
async def test_a_hold_that_cannot_be_is_refused(
    engine: EngineProcess, changes: dict[str, object], code: str
) -> None:
    assert (await engine.ask("POST", "holds", hold(**changes)))["code"] == code
    assert await engine.ask("GET", "holds") == []


async def test_only_administrators_lift(engine: EngineProcess) -> None:
    made = await engine.ask("POST", "holds", hold())
    lift = {"by": "automation", "administrators": ADMINISTRATORS}
    assert (await engine.ask("POST", f"holds/{made['uid']}/lift", lift))["code"] == "forbidden"
    assert (await engine.ask("POST", "holds/00/lift", lift))["code"] == "not_found"


async def test_home_assistant_writes_its_kinds_once(engine: EngineProcess) -> None:
    body: dict[str, Any] = {"k": "view", "d": {"camera": uid(1), "who": "a1"}, "idem": "12345678"}
    first = await engine.ask("POST", "ledger", body)
    assert await engine.ask("POST", "ledger", body) == first
    found = await engine.ask("GET", f"ledger?after={first['n'] - 1}&limit=1")
    assert found["records"][0]["d"] == {**body["d"], "idem": "12345678"}
    assert found["head"]["n"] >= first["n"]
    for bad in ({"k": "delete"}, {"d": {"x": 1.5}}, {"d": 3}, {"idem": ""}):
        assert "code" in await engine.ask("POST", "ledger", {**body, **bad})


async def test_a_key_is_made_private_and_a_new_one_is_vouched_for(
    engine: EngineProcess, tmp_path: Path
) -> None:
    key = (await engine.ask("POST", "ledger/new_key", {"by": "owner"}))["key"]
    (private,) = [path for path in engine.state.rglob("key") if path.is_file()]
    assert os.stat(private).st_mode & 0o777 == 0o600
    assert not list(engine.state.rglob("key.next"))
    records = (await engine.ask("GET", "ledger?after=0&limit=1000"))["records"]
    first, second = [record["d"] for record in records if record["k"] == "key"]
    assert (first["by"], second["by"], second["fingerprint"]) == (None, first["fingerprint"], key)
    assert len((tmp_path / "archive" / "keys.jsonl").read_bytes().splitlines()) == 2


async def test_a_broken_ledger_stops_deletion_until_somebody_confirms_it(
    engine: EngineProcess, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"

    async def deletion() -> str:
        return str((await engine.ask("GET", "status"))["archive"]["deletion"])

    async def stopped() -> bool:
        return await deletion() == "ledger"

    archive_id = (await engine.ask("GET", "status"))["archive"]["archive_id"]
    await engine.ask("PUT", "config", config(None))
    ledger = min((archive / "ledger").glob("*.jsonl"))  # a month may end just now
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join([lines[0].replace(b'"v":1', b'"v":2'), *lines[1:]]))
    again = config(archive, camera(1, "rtsp://127.0.0.1:9/main"))
    await engine.ask("PUT", "config", {**again, "archive": {**again["archive"], "archive_id": archive_id}})
    await until(stopped)
    assert (await engine.answer("POST", "ledger/confirm", {}))[0] == 400
    assert await deletion() == "ledger"
    assert await engine.answer("POST", "ledger/confirm", {"by": "owner"}) == (200, {})
    assert await deletion() in {"", "clock"}


async def test_the_engine_itself_loads_no_cryptography(engine: EngineProcess) -> None:
    await engine.ask("POST", "ledger/new_key", {"by": "owner"})
    pid = (await engine.ask("GET", "hello"))["pid"]
    assert "cryptography" not in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


async def _generation(engine: EngineProcess) -> bool:
    return (await engine.answer("GET", "ledger/people"))[0] == 200


async def test_the_ledger_knows_the_highest_generation_of_people_after_a_restart(
    engine: EngineProcess,
) -> None:
    assert await engine.ask("GET", "ledger/people") == {"generation": None}
    for generation in (3, 12, 7):
        record = {"k": "people", "d": {"generation": generation}, "idem": f"people-{generation}"}
        await engine.ask("POST", "ledger", record)
    assert await engine.ask("GET", "ledger/people") == {"generation": 12}
    engine.kill()
    await engine.start()
    await until(lambda: _generation(engine))
    assert await engine.ask("GET", "ledger/people") == {"generation": 12}
