"""From a camera to footage that plays, through the process's own doors."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
import itertools
import os
from pathlib import Path
import re
import signal
from typing import Any

import pytest
import pytest_socket

from tests.cameras import ClipSpec, Fleet, SimulatedCamera

from .bridge import bridge
from .rig import EngineProcess, camera, config, uid, until, wait_for_end

CANARY = "c4n4ry-Pa55word"
CLIP = ClipSpec(loop_s=10, gop_s=1, width=320, height=180, bitrate=150_000)
FOREVER = {"from": 0, "to": 1 << 52}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Return three simulated cameras, one of which asks for a login."""
    pytest_socket.enable_socket()
    cameras = [
        SimulatedCamera(name="one", main=CLIP, sub=CLIP),
        SimulatedCamera(name="two", main=CLIP, sub=CLIP),
        SimulatedCamera(name="locked", main=CLIP, sub=None, auth="digest", user="owner", password=CANARY),
    ]
    with Fleet(cameras) as fleet:
        yield fleet


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an empty folder for footage."""
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def shared_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for footage that the tests of playback share."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture
async def recording(running: EngineProcess, fleet: Fleet, shared_archive: Path) -> EngineProcess:
    """Return an engine that records two cameras and is never told anything else."""
    await running.answering()
    cameras = camera(1, fleet["one"].url()), camera(2, fleet["two"].url())
    await running.ask("PUT", "config", config(shared_archive, *cameras, file_s=2))
    return running


async def recorded(engine: EngineProcess, number: int, seconds: float = 1) -> dict[str, Any]:
    """Wait until a camera has footage in the archive; returns its timeline."""

    async def look() -> Any:
        status, timeline = await engine.answer("GET", f"cameras/{uid(number)}/timeline", **FOREVER)
        assert status == 200, timeline
        length_us = sum(span["end_us"] - span["start_us"] for span in timeline["recordings"])
        return length_us >= seconds * 1e6 and timeline

    found: dict[str, Any] = await until(look)
    return found


async def test_other_cameras_go_on_when_one_is_changed(
    engine: EngineProcess, fleet: Fleet, archive: Path
) -> None:
    await engine.start()
    one, two = camera(1, fleet["one"].url()), camera(2, fleet["two"].url())
    connects = fleet["one"].connects()
    await engine.ask("PUT", "config", config(archive, one, two, file_s=2))
    before = await recorded(engine, 1)
    changed = {**two, "main": {"url": fleet["two"].url("sub")}}
    await engine.ask("PUT", "config", config(archive, one, changed, camera(3, fleet["two"].url()), file_s=2))
    await recorded(engine, 3)
    await engine.ask("PUT", "config", config(archive, one, file_s=2))
    after = await recorded(engine, 1, 4)
    assert len(after["recordings"]) == 1
    assert after["recordings"][0]["run"] == before["recordings"][0]["run"]
    assert fleet["one"].connects() == connects + 1
    removed = (await engine.ask("GET", "status"))["removed_cameras"]
    assert {item["uid"] for item in removed} == {uid(2), uid(3)}
    assert (await recorded(engine, 2))["recordings"]


async def test_killed_engine_records_again_and_names_the_gap(
    engine: EngineProcess, fleet: Fleet, archive: Path
) -> None:
    await engine.start()
    await engine.ask("PUT", "config", config(archive, camera(1, fleet["one"].url())))
    await recorded(engine, 1, 2)
    engine.kill()
    await engine.start()

    async def two_runs() -> Any:
        timeline = await recorded(engine, 1)
        return len(timeline["recordings"]) == 2 and timeline

    timeline = await until(two_runs)
    first_end = timeline["recordings"][0]["end_us"]
    gaps = [gap for gap in timeline["gaps"] if gap["end_us"] > first_end]
    # a camera whose key frame comes at once is connected to in less than counts as a hole
    assert [gap["cause"] for gap in gaps] in (["engine_crash", "connect"], ["engine_crash"])
    assert all(abs(gap["end_us"] - after["start_us"]) < 1000 for gap, after in itertools.pairwise(gaps))
    # the file counts the camera's ticks, which the run's clock had bent by up to 500 ppm
    bent_us = (first_end - timeline["recordings"][0]["start_us"]) / 1000
    assert abs(gaps[0]["start_us"] - first_end) < 10_000 + bent_us
    assert abs(gaps[-1]["end_us"] - timeline["recordings"][1]["start_us"]) < 1000


@pytest.mark.parametrize(("end", "cause"), [("upgrade", "upgrade"), ("sigterm", "host_restart")])
async def test_gap_of_a_stopped_engine_has_its_cause(
    engine: EngineProcess, fleet: Fleet, archive: Path, end: str, cause: str
) -> None:
    await engine.start()
    await engine.ask("PUT", "config", config(archive, camera(1, fleet["one"].url())))
    await recorded(engine, 1, 1)
    if end == "sigterm":
        os.kill(engine.pid, signal.SIGTERM)
    else:
        await engine.ask("POST", "stop", {"cause": end})
    assert await asyncio.to_thread(wait_for_end, engine.pid)
    await engine.start()

    async def two_runs() -> Any:
        timeline = await recorded(engine, 1)
        return len(timeline["recordings"]) == 2 and timeline

    timeline = await until(two_runs)
    causes = {gap["cause"] for gap in timeline["gaps"] if gap["end_us"] > timeline["recordings"][0]["end_us"]}
    assert cause in causes
    assert "engine_crash" not in causes
    assert "unknown" not in causes


async def test_archive_that_comes_late_is_recorded_to_at_once(
    engine: EngineProcess, fleet: Fleet, archive: Path
) -> None:
    await engine.start()
    await engine.ask("PUT", "config", config(archive, camera(1, fleet["one"].url())))
    await recorded(engine, 1)
    archive_id = (await engine.ask("GET", "status"))["archive"]["archive_id"]
    await engine.close()
    away = archive.with_name("away")
    archive.rename(away)
    await engine.start()

    async def missed() -> bool:
        return bool((await engine.ask("GET", "status"))["archive"]["state"] == "missing")

    await until(missed)
    assert not archive.exists()
    away.rename(archive)

    async def back() -> bool:
        status = await engine.ask("GET", "status")
        states = status["archive"]["state"], status["cameras"][uid(1)]["state"]
        return states == ("ok", "recording")

    await until(back)
    assert (await engine.ask("GET", "status"))["archive"]["archive_id"] == archive_id


async def test_recording_plays_in_ffmpeg(recording: EngineProcess) -> None:
    engine = recording
    timeline = await recorded(engine, 1, 3)
    start = timeline["recordings"][0]["start_us"]
    async with bridge(engine.socket) as port:
        url = (
            f"http://127.0.0.1:{port}/v1/cameras/{uid(1)}/main/play.m3u8?from={start}&to={start + 4_000_000}"
        )
        player = await asyncio.create_subprocess_exec(
            *("ffmpeg", "-v", "error", "-allowed_extensions", "ALL", "-extension_picky", "0", "-i", url),
            *("-f", "framecrc", "-"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        frames, errors = await player.communicate()
    assert errors == b""
    pictures = [line for line in frames.splitlines() if not line.startswith(b"#")]
    assert len(pictures) >= 75


async def test_live_playlist_grows_and_its_segments_are_there(recording: EngineProcess) -> None:
    engine = recording
    await recorded(engine, 1, 3)

    async def segments(newer_than: str = "") -> list[str]:
        status, text = await engine.fetch(f"cameras/{uid(1)}/main/live.m3u8")
        found = re.findall(r"^media/.*$", text.decode(), re.MULTILINE) if status == 200 else []
        return found if found and found[-1] != newer_than else []

    first = await until(segments)
    more = await until(lambda: segments(first[-1]))
    kept = more[: more.index(first[-1]) + 1]  # the oldest may have gone meanwhile
    assert kept == first[-len(kept) :]
    assert len(more) > len(kept)
    status, data = await engine.fetch(f"cameras/{uid(1)}/main/{more[-1]}")
    assert status == 200
    assert data[4:8] == b"moof"


async def test_footage_is_given_out_for_its_camera_and_range_only(recording: EngineProcess) -> None:
    engine = recording
    await recorded(engine, 2, 4)
    timeline = await recorded(engine, 1, 4)
    start = timeline["recordings"][0]["start_us"]
    asked = {"from": start, "to": start + 4_000_000}
    main = f"cameras/{uid(1)}/main"
    playlist = (await engine.fetch(f"{main}/play.m3u8", **asked))[1].decode()
    segments = re.findall(r"^media/.*$", playlist, re.MULTILINE)
    init = re.findall(r'URI="(init/.*?)"', playlist)[0]
    for tail in (segments[0], segments[-1], init):
        assert (await engine.fetch(f"{main}/{tail}", **asked))[0] == 200
        assert (await engine.fetch(f"cameras/{uid(1)}/sub/{tail}", **asked))[0] == 404
    assert (await engine.fetch(f"cameras/{uid(2)}/main/{segments[0]}", **asked))[0] == 404
    early = {"from": start, "to": start + 1_000_000}
    assert (await engine.fetch(f"{main}/{segments[0]}", **early))[0] in {200, 404}
    assert (await engine.fetch(f"{main}/{segments[-1]}", **early))[0] == 404
    longer = re.sub(r"-(\d+)\.m4s", "-999.m4s", segments[0])
    assert (await engine.fetch(f"{main}/{longer}", **asked))[0] in {400, 404}
    nothing = {"from": 1000, "to": 2000}
    assert (await engine.fetch(f"{main}/play.m3u8", **nothing))[0] == 404


async def test_login_is_nowhere_to_be_seen(engine: EngineProcess, fleet: Fleet, archive: Path) -> None:
    await engine.start()
    good = camera(1, fleet["locked"].url(), user="owner", secret=CANARY)
    wrong = camera(2, fleet["locked"].url(), user="owner", secret=CANARY + "2")
    gone = camera(3, "rtsp://127.0.0.1:9/" + CANARY, user="owner", secret=CANARY)
    await engine.ask("PUT", "config", config(archive, good, wrong, gone))
    await recorded(engine, 1, 1)

    async def refused() -> bool:
        status = await engine.ask("GET", "status")
        return bool(status["cameras"][uid(2)]["state"] == "auth")

    await until(refused)
    status = await engine.ask("GET", "status")
    assert CANARY not in str(status)
    source = {"url": good["main"]["url"], "user": "x", "secret": CANARY}
    probing = asyncio.create_task(engine.ask("POST", "probe", {"source": source}))
    looked_at: set[int] = set()
    over = False
    while not over:
        over = probing.done()  # the decoder is there for a while after that
        for pid in [engine.pid, *children(engine.pid)]:
            # The decoder ends when it has nothing more to do.
            with suppress(FileNotFoundError, ProcessLookupError):
                for name in ("cmdline", "environ"):
                    assert CANARY.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()
                looked_at.add(pid)
        await asyncio.sleep(0.02)
    await probing
    assert engine.pid in looked_at
    assert len(looked_at) > 1
    await engine.close()
    files = [path for folder in (engine.state, archive) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        if path.name != "config.json":
            assert CANARY.encode() not in path.read_bytes(), path


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread may end meanwhile
            found += [int(child) for child in (task / "children").read_text().split()]
    return found
