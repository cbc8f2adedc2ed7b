"""The decode worker: probes, stills and sound, and what its death does not touch."""

import asyncio
from collections.abc import AsyncIterator
import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
import io
import itertools
import json
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import threading

import av
import pytest
import pytest_asyncio

from kindergarten_engine.decode.client import BOOT, DecodeClient
from kindergarten_engine.errors import RequestError, SourceError
from kindergarten_engine.recorder.live import LiveStream
from kindergarten_engine.recorder.reader.interface import AudioTrack, Source
from tests.cameras.camera import SimulatedCamera
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet
from tests.engine.recorder.archive import recording
from tests.engine.recorder.rig import source, wait_for
from tests.stopwatch import Stopwatch

CLIP = ClipSpec(loop_s=10, gop_s=1, width=320, height=180, bitrate=150_000)
SECRET = "s3cret % @ :/?#"


@pytest_asyncio.fixture
async def decoder() -> AsyncIterator[DecodeClient]:
    client = DecodeClient()
    yield client
    await client.close()


def _picture(jpeg: bytes) -> tuple[int, int]:
    with av.open(io.BytesIO(jpeg), "r") as container:
        frame = next(container.decode(video=0))
        assert 20 < frame.to_ndarray(format="gray").mean() < 235
        return frame.width, frame.height


@pytest.mark.parametrize("codec", ["h264", "h265"])
async def test_a_probe_says_what_a_camera_sends(decoder: DecodeClient, codec: str) -> None:
    clip = ClipSpec(codec=codec, loop_s=4, gop_s=1, width=1280, height=720, bitrate=800_000)
    camera = SimulatedCamera(
        name="one", main=clip, sub=None, audio="pcma", user="admin", password=SECRET, auth="digest",
        sender_clock_offset_s=3,
    )  # fmt: skip
    with Fleet([camera]):
        stopwatch = Stopwatch()
        result, jpeg = await decoder.probe(source(camera))
        for seen in ("cmdline", "environ"):
            assert SECRET.encode() not in await asyncio.to_thread(
                Path(f"/proc/{decoder.pid}/{seen}").read_bytes
            )
    video = result["video"]
    assert (video["codec"], video["width"], video["height"]) == (codec, 1280, 720)
    assert (video["fps"], video["gop_s"], video["browser"]) == (25.0, 1.0, codec == "h264")
    assert 200_000 < video["bps"] < 2_000_000
    assert video["codecs"].startswith("avc1." if codec == "h264" else "hvc1.")
    assert result["audio"] == {"codec": "pcm_alaw", "rate": 8000}
    assert 2_700 - stopwatch.owed_s * 1000 < result["clock_offset_ms"] < 3_300
    assert jpeg is not None
    assert _picture(jpeg) == (640, 360)


async def test_a_probe_that_fails_says_why(decoder: DecodeClient) -> None:
    camera = SimulatedCamera(name="one", main=CLIP, sub=None, user="admin", password=SECRET, auth="basic")
    with Fleet([camera]):
        right = source(camera)
        nobody = right.url.replace(str(camera.port), "1")
        for wrong, *codes in (
            (Source(url=right.url, user="admin", secret="wrong"), "auth"),
            (Source(url=right.url), "auth"),
            (Source(url=right.url.replace("main", "nothing"), user="admin", secret=SECRET), "not_found"),
            (Source(url=nobody, user="admin", secret=SECRET), "refused"),
            # Whoever is to know the name may be slow to say that there is none.
            (Source(url="rtsp://camera.invalid/main"), "unreachable", "timeout"),
            (Source(url="file:///etc/passwd"), "bad_address"),
            (Source(url="concat:/etc/passwd|/etc/hosts"), "bad_address"),
            (Source(url="http://"), "bad_address"),
        ):
            with pytest.raises(SourceError) as caught:
                await decoder.probe(wrong)
            assert caught.value.code in codes
            assert SECRET not in str(caught.value)


async def test_a_playlist_cannot_open_files_of_this_machine(decoder: DecodeClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    make = [
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=160x90:d=2",
        "-c:v",
        "libx264",
        str(secret),
    ]
    await asyncio.to_thread(lambda: subprocess.run(make, check=True))
    (tmp_path / "list.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:2,\nfile://{secret}\n#EXT-X-ENDLIST\n"
    )
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(SourceError):
            await decoder.probe(Source(url=f"{base}/list.m3u8"))
        result, _ = await decoder.probe(Source(url=f"{base}/secret.ts"))
        assert result["video"]["width"] == 160
        server.shutdown()


async def test_a_camera_that_never_answers_is_a_timeout(decoder: DecodeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(SourceError) as caught:
            await decoder.probe(Source(url=f"rtsp://127.0.0.1:{port}/main"))
    assert caught.value.code == "timeout"


async def test_a_web_page_at_the_address_is_no_camera(decoder: DecodeClient, tmp_path: Path) -> None:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(SourceError) as caught:
            await decoder.probe(
                Source(url=f"rtsp://127.0.0.1:{server.server_port}/main", user="a", secret=SECRET)
            )
        server.shutdown()
    assert caught.value.code == "no_camera"


async def test_a_path_that_is_not_there_is_still_a_camera(decoder: DecodeClient) -> None:
    camera = SimulatedCamera(name="one", main=CLIP, sub=None)
    with Fleet([camera]), pytest.raises(SourceError) as caught:
        await decoder.probe(Source(url=camera.url().replace("/main", "/no-such-path")))
    assert caught.value.code == "not_found"


async def test_a_still_is_made_of_a_recorded_fragment(decoder: DecodeClient, tmp_path: Path) -> None:
    camera = SimulatedCamera(name="one", main=CLIP, sub=None)
    with Fleet([camera]), recording(tmp_path, [camera]) as archive:
        live = archive.cameras["one"].live("main")
        await asyncio.to_thread(wait_for, lambda: live.newest_key() is not None)
        key = live.newest_key()
        assert _picture(await decoder.still(key.init.data, key.data)) == (320, 180)
        assert _picture(await decoder.still(key.init.data, key.data, 90)) == (160, 90)
    with pytest.raises(RequestError, match="no_picture"):
        await decoder.still(b"nothing", b"of use")


async def test_the_death_of_the_worker_does_not_touch_recording(
    decoder: DecodeClient, tmp_path: Path
) -> None:
    camera = SimulatedCamera(name="one", main=CLIP, sub=None, audio="pcma")
    with Fleet([camera]), recording(tmp_path, [camera], transcoders=decoder.transcoder) as archive:
        live = archive.cameras["one"].live("main")
        before = 0
        for turn in range(3):
            await asyncio.to_thread(wait_for, lambda: _sounds_after(live, before))  # noqa: B023
            before = live.ring()[-1].number
            if turn < 2:
                first = decoder.pid
                assert first is not None
                os.kill(first, signal.SIGKILL)
                await asyncio.to_thread(wait_for, lambda: decoder.pid not in {None, first})  # noqa: B023
        await asyncio.to_thread(archive.end)
        assert archive.report("one").whole
        assert len(archive.timeline("one").recordings) == 1
        (path,) = archive.files("one")
    with av.open(str(path)) as container:
        sound = [packet for packet in container.demux(audio=0) if packet.size]
    assert sum(packet.duration or 0 for packet in sound) > 8000


def _sounds_after(live: LiveStream, number: int) -> bool:
    """Tell whether a fragment behind that of a number has sound."""
    parts = [part for part in live.ring() if part.number > number]
    return any(part._samples is not None and part._samples.audio for part in parts)


async def test_a_worker_that_hangs_is_killed_and_replaced(
    decoder: DecodeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RequestError, match="no_picture"):
        await decoder.still(b"", b"")
    first = decoder.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr("kindergarten_engine.decode.client.STILL_S", 0.3)
    with pytest.raises(RequestError, match="decoder_failed"):
        await decoder.still(b"", b"")
    monkeypatch.undo()
    with pytest.raises(RequestError, match="no_picture"):
        await decoder.still(b"", b"")
    assert decoder.pid != first


async def test_an_idle_worker_ends_and_comes_back() -> None:
    decoder = DecodeClient(idle_s=0.2)
    for _ in range(2):
        with pytest.raises(RequestError, match="no_picture"):
            await decoder.still(b"", b"")
        assert decoder.pid is not None
        async with asyncio.timeout(150):
            while decoder.pid is not None:
                await asyncio.sleep(0.05)
    await decoder.close()


@pytest.mark.parametrize("codec", ["pcm_alaw", "pcm_mulaw"])
async def test_sound_keeps_its_time(decoder: DecodeClient, codec: str) -> None:
    frames: list[tuple[int, bytes]] = []
    stream = decoder.transcoder(
        AudioTrack(codec=codec, rate=8000, channels=1), lambda pts, data: frames.append((pts, data))
    )
    assert stream is not None
    for packet in range(200):
        late = 45_000 if packet >= 100 else 0  # half a second is missing
        stream.feed(1_000_000 + packet * 1800 + late, bytes([0x55, 0x2A] * 80))
    async with asyncio.timeout(150):
        while len(frames) < 30:
            await asyncio.sleep(0.05)
    assert frames[0][0] == 1_000_000 - 11_520  # the encoder's first frame is its run-up
    steps = [after[0] - before[0] for before, after in itertools.pairwise(frames)]
    assert steps.count(11_520) >= len(steps) - 3
    assert frames[-1][0] > 1_000_000 + 45_000 + 25 * 11_520


def test_garbage_ends_the_worker_and_never_hangs_it() -> None:
    command = [sys.executable, "-I", str(BOOT), "decode"]
    for garbage in (b"", b"garbage\n", json.dumps({"op": "ping", "id": 1, "size": 1 << 40}).encode() + b"\n"):
        done = subprocess.run(command, input=garbage, capture_output=True, timeout=200, check=False)
        assert done.stdout == b""


async def test_a_worker_looks_with_an_eye_that_comes_and_goes(decoder: DecodeClient, tmp_path: Path) -> None:
    camera = SimulatedCamera(name="one", main=CLIP, sub=None)
    with Fleet([camera]), recording(tmp_path, [camera]) as archive:
        live = archive.cameras["one"].live("main")
        await asyncio.to_thread(wait_for, lambda: live.newest_key() is not None)
        key = live.newest_key()
        eye = b""
        for number in range(31):
            said, eye = await decoder.look(eye, key.init.data, key.data, 45_000_000 * (number + 1))
    assert said.sight == "ok"
    assert said.since_us == 45_000_000
    assert 0 < len(eye) < 200_000
    with pytest.raises(RequestError, match="no_picture"):
        await decoder.look(eye, b"nothing", b"of use", 1)
