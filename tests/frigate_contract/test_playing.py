"""How footage is played: HLS, clips, stills."""

import io
import re

import av
import pytest

from .client import Answer, Server

NOWHERE = "start/1000000000/end/1000000060"


@pytest.fixture(scope="module")
def stretch(server: Server) -> str:
    """A minute with footage, as a part of addresses."""
    camera, now = server.camera, int(server.now())
    return f"{camera}/start/{now - 300}/end/{now - 240}"


def _seconds(data: bytes) -> float:
    with av.open(io.BytesIO(data), "r") as file:
        times = [
            float(packet.pts * packet.time_base) for packet in file.demux(video=0) if packet.pts is not None
        ]
    return max(times) - min(times)


def test_the_mapping_tells_what_hls_is_made_of(server: Server, stretch: str) -> None:
    told = server.get(f"/api/vod/{stretch}").json()
    assert len(told["durations"]) == len(told["sequences"][0]["clips"])
    assert sum(told["durations"]) / 1000 == pytest.approx(60, abs=12)
    assert told["sequences"][0]["clips"][0]["path"].startswith("/media/frigate/recordings/")


def test_nothing_there_is_404_for_hls(server: Server) -> None:
    camera = server.cameras[0]
    assert server.get(f"/api/vod/{camera}/{NOWHERE}").status == 404
    assert server.get(f"/vod/{camera}/{NOWHERE}/master.m3u8").status == 404


def test_hls_is_relative_and_plays(server: Server, stretch: str) -> None:
    """Fragmented MP4 from 0.17, MPEG-TS before."""
    master = server.get(f"/vod/{stretch}/master.m3u8").text
    name = next(line for line in master.splitlines() if line and not line.startswith("#"))
    index = server.get(f"/vod/{stretch}/{name.rpartition('/')[2]}").text
    segments = [line for line in index.splitlines() if line and not line.startswith("#")]
    assert not any("/" in line for line in segments)
    assert "#EXT-X-ENDLIST" in index
    first = re.search(r'URI="([^"]+)"', index)
    assert bool(first) == server.version.at_least(0, 17)
    parts = [server.get(f"/vod/{stretch}/{each}") for each in ([first[1]] if first else []) + segments]
    assert {part.status for part in parts} == {200}
    told = sum(float(value) for value in re.findall(r"#EXTINF:([\d.]+)", index))
    assert told == pytest.approx(60, abs=12)
    assert _seconds(b"".join(part.body for part in parts)) == pytest.approx(told, abs=1.5)


def test_a_clip_comes_in_pieces_without_length_or_ranges(server: Server, stretch: str) -> None:
    clip = server.get(f"/api/{stretch}/clip.mp4", Range="bytes=0-9")
    assert clip.status == 200
    assert clip.headers["Transfer-Encoding"] == "chunked"
    assert clip.headers["Content-Length"] is None
    assert _seconds(clip.body) == pytest.approx(60, abs=12)


def test_a_clip_of_nothing_is_refused_from_0_17_and_empty_before(server: Server) -> None:
    clip = server.get(f"/api/{server.cameras[0]}/{NOWHERE}/clip.mp4")
    if server.version.at_least(0, 17):
        assert (clip.status, clip.json()["success"]) == (400, False)
    else:
        assert (clip.status, clip.body) == (200, b"")


def test_a_moment_of_the_footage_is_a_jpeg(server: Server, stretch: str) -> None:
    camera, _, rest = stretch.partition("/start/")
    still: Answer = server.get(f"/api/{camera}/recordings/{rest.partition('/')[0]}/snapshot.jpg")
    assert still.body.startswith(b"\xff\xd8")
