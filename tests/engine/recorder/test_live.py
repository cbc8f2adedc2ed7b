"""Watching a camera while it is recorded."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kindergarten_engine.recorder import camera as camera_module
from kindergarten_engine.recorder.live import LiveStream
from tests.cameras.camera import SimulatedCamera
from tests.cameras.check import check_files
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet

from .archive import config, recording
from .pictures import FRAME, Runs, assembler, unit
from .rig import wait_for

CLIP = ClipSpec(loop_s=10, gop_s=1, width=320, height=180, bitrate=150_000)


def _fragments(count: int, gop_s: int = 2) -> Runs:
    """Return the fragments of `count` seconds."""
    runs = Runs()
    made = assembler(runs)
    for n in range(count * 25 + 1):
        kind = "other" if n % (25 * gop_s) else "key"
        made.picture(unit(n, n * FRAME, kind, arrival_s=100 + n / 25))
    made.finish("stall")
    return runs


def _fill(stream: LiveStream, runs: Runs, first: int, last: int) -> None:
    for samples in runs.all[0].fragments[first:last]:
        stream.add(samples)


async def test_a_viewer_starts_at_the_newest_key_frame_and_misses_nothing() -> None:
    runs = _fragments(12)
    stream = LiveStream()
    stream.begin(runs.all[0].init)
    _fill(stream, runs, 0, 5)
    async with stream.watch() as viewer:
        seen = [await anext(viewer)]
        _fill(stream, runs, 5, 8)
        seen += [await anext(viewer) for _ in range(3)]
        assert [fragment.ticks // 90_000 for fragment in seen] == [4, 5, 6, 7]
        assert seen[0].key


async def test_a_slow_viewer_goes_on_at_the_newest_key_frame() -> None:
    runs = _fragments(40)
    stream = LiveStream()
    stream.begin(runs.all[0].init)
    async with stream.watch() as viewer:
        _fill(stream, runs, 0, 3)
        assert (await anext(viewer)).ticks == 2 * 90_000
        _fill(stream, runs, 3, 40)
        skipped = await anext(viewer)
        assert (skipped.ticks, skipped.key) == (38 * 90_000, True)
        assert (await anext(viewer)).ticks == 39 * 90_000


async def test_a_viewer_of_a_camera_that_is_away_waits_and_ends_with_the_stream() -> None:
    stream = LiveStream()
    async with stream.watch() as viewer:
        waiting = asyncio.ensure_future(anext(viewer, None))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        stream.close()
        assert await waiting is None
    assert stream.viewers == 0


def test_the_ring_is_bounded_even_without_key_frames() -> None:
    runs = _fragments(120, gop_s=120)
    stream = LiveStream(keep_s=10)
    stream.begin(runs.all[0].init)
    _fill(stream, runs, 0, 120)
    assert len(stream.ring()) == 120
    runs = _fragments(120, gop_s=2)
    _fill(stream, runs, 0, 120)
    ring = stream.ring()
    assert ring[0].key
    assert 10_000_000 <= ring[-1].rel_end_us - ring[0].rel_start_us <= 15_000_000


async def test_what_viewers_get_is_what_the_camera_sends(tmp_path: Path) -> None:
    camera = SimulatedCamera(name="one", main=CLIP, sub=None)
    with Fleet([camera]), recording(tmp_path / "archive", [camera]) as archive:
        async with archive.cameras["one"].live("main").watch() as viewer:
            fragments = [await asyncio.wait_for(anext(viewer), 60) for _ in range(4)]
        path = tmp_path / "live.mp4"
        path.write_bytes(fragments[0].init.data + b"".join(fragment.data for fragment in fragments))
        assert check_files([path]).whole
        assert camera.sessions() == 1


async def test_a_sub_stream_on_demand_is_open_only_while_somebody_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_module, "LINGER_S", 0.5)
    main = replace(CLIP, codec="h265")
    camera = SimulatedCamera(name="one", main=main, sub=CLIP)
    with Fleet([camera]), recording(tmp_path, [camera]) as archive:
        running = archive.cameras["one"]
        await _wait(lambda: archive.state("one") == "recording")
        assert running.live_stream == "sub"
        assert camera.sessions("sub") == 0
        async with running.live("sub").watch() as viewer:
            assert (await asyncio.wait_for(anext(viewer), 60)).init.video.codec == "h264"
            assert camera.sessions("sub") == 1
        await _wait(lambda: camera.sessions("sub") == 0)
        archive.end()
        assert archive.files("one", "s") == []


@pytest.mark.parametrize(("policy", "files"), [("warm", 0), ("record", 1)])
async def test_a_sub_stream_that_is_warm_or_recorded_is_always_open(
    tmp_path: Path, policy: str, files: int
) -> None:
    camera = SimulatedCamera(name="one", main=CLIP, sub=CLIP)
    with Fleet([camera]), recording(tmp_path, [camera], sub_policy=policy) as archive:
        live: Any = archive.cameras["one"].live("sub")
        await _wait(lambda: live.newest_key() is not None)
        wait_for(lambda: archive.state("one") == "recording")
        archive.end()
        assert len(archive.files("one", "s")) == files
        assert config(camera).sub_policy == "demand"


async def _wait(what: Any) -> None:
    await asyncio.to_thread(wait_for, what)
