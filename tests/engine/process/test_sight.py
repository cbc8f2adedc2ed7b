"""A real engine that looks through a camera whose lens has something."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
import io
from pathlib import Path
from typing import Any

import av
import pytest
import pytest_socket

from tests.cameras import TEST_SUB, Fleet, SimulatedCamera

from .rig import EngineProcess, camera, config, uid, until

ALWAYS = {"days": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}
PATIENCE_S = 240


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Return a camera with a key picture every 0.2 s."""
    pytest_socket.enable_socket()
    clip = replace(TEST_SUB, fps=25, gop_s=0.2, loop_s=4, bitrate=200_000)
    with Fleet([SimulatedCamera(name="one", main=clip, sub=None)]) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that is recorded to."""
    return tmp_path_factory.mktemp("archive")


@pytest.fixture
async def engine(running: EngineProcess, archive: Path, fleet: Fleet) -> EngineProcess:
    """Return an engine that has learned what the camera sees."""
    await running.answering()
    await running.ask("PUT", "config", desired(archive, fleet))
    await seen(running, "ok")
    return running


def desired(archive: Path, fleet: Fleet, **more: Any) -> dict[str, Any]:
    """Return a desired state with a camera that is looked at as often as it can be."""
    watched = camera(1, fleet["one"].url(), hours=ALWAYS, **more)
    return config(archive, watched, look_s=0.2, site={"time_zone": "Asia/Almaty"})


async def picture(engine: EngineProcess) -> dict[str, Any]:
    """Return what the status says of the camera's picture."""
    status = await engine.ask("GET", "status")
    found: dict[str, Any] = status["cameras"][uid(1)]["picture"]
    return found


async def seen(engine: EngineProcess, sight: str) -> dict[str, Any]:
    """Wait until the camera's sight is so."""

    async def look() -> dict[str, Any] | None:
        found = await picture(engine)
        return found if found["sight"] == sight and not found["learning"] else None

    found: dict[str, Any] = await until(look, PATIENCE_S)
    return found


@pytest.mark.parametrize(
    "sights", [("covered",), pytest.param(("covered", "dark", "turned", "frozen"), marks=pytest.mark.long)]
)
async def test_a_lens_that_has_something_is_told_with_stills_and_recording_goes_on(
    engine: EngineProcess, fleet: Fleet, sights: tuple[str, ...]
) -> None:
    earlier = {event["id"] for event in (await engine.ask("GET", f"cameras/{uid(1)}/sights"))["events"]}
    for sight in sights:
        await asyncio.to_thread(fleet["one"].sight, sight)
        await seen(engine, sight)
        await asyncio.to_thread(fleet["one"].sight)
        await seen(engine, "ok")
    expected = [kind for sight in sights for kind in (sight, "restored")]

    async def kept() -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = (await engine.ask("GET", f"cameras/{uid(1)}/sights"))["events"]
        new = [event for event in events if event["id"] not in earlier]
        whole = [event for event in new if event["before_us"] and event["after_us"]]
        return whole if len(whole) >= len(expected) else []

    told = await until(kept, PATIENCE_S)
    assert [event["kind"] for event in reversed(told)] == expected
    covered = told[-1]
    assert covered["before_us"] < covered["t_us"]
    light = {}
    for which in ("before", "after"):
        status, jpeg = await engine.fetch(f"cameras/{uid(1)}/sights/{covered['id']}/{which}.jpg")
        assert status == 200
        with av.open(io.BytesIO(jpeg), mode="r") as container:
            light[which] = next(container.decode(video=0)).to_ndarray(format="gray8").std()
    assert light["after"] < 12 < light["before"]
    gaps = (await engine.ask("GET", f"cameras/{uid(1)}/timeline", **{"from": 0, "to": 1 << 52}))["gaps"]
    assert [gap for gap in gaps if gap["cause"] != "connect"] == []


async def test_whether_the_picture_is_watched_never_touches_the_recording(
    engine: EngineProcess, archive: Path, fleet: Fleet
) -> None:
    connects = fleet["one"].connects()
    await engine.ask("PUT", "config", desired(archive, fleet, watch_picture=False))
    assert await picture(engine) is None
    await engine.ask("PUT", "config", desired(archive, fleet))
    assert (await picture(engine))["learning"] is False
    status, answer = await engine.answer("POST", f"cameras/{uid(1)}/learn")
    assert (status, answer) == (200, {})
    assert (await picture(engine))["learning"] is True
    assert fleet["one"].connects() == connects


@pytest.mark.long
async def test_a_still_that_is_not_there_is_not_found(engine: EngineProcess) -> None:
    status, _ = await engine.answer("GET", f"cameras/{uid(1)}/sights/{'1' * 16}-covered/before.jpg")
    assert status == 404
    status, answer = await engine.answer("POST", f"cameras/{uid(2)}/learn")
    assert (status, answer["code"]) == (404, "not_watched")
