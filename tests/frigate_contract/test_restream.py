"""go2rtc's restream: every stream at one port, without a login."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import av
import pytest

from tests.cameras import read_clock
from tests.frigate_stand_in import Settings, StandIn

from .client import ask


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    """A server with a restream."""
    with StandIn(Settings(rtsp=True)) as found:
        yield found


@pytest.mark.parametrize("stream", ["cam1", "cam2_sub"])
def test_a_stream_of_any_camera_plays_without_a_login(server: StandIn, stream: str) -> None:
    streams = ask(server.internal_url, "/api/config").json()["cameras"][stream[:4]]["live"]["streams"]
    assert stream in streams.values()
    with av.open(f"{server.rtsp_url}/{stream}", "r", options={"rtsp_transport": "tcp"}) as opened:
        frame = next(opened.decode(video=0))
        assert read_clock(frame.to_ndarray(format="rgb24")) is not None
        assert server.control.restream_sessions(stream) == 1


def test_the_configuration_tells_the_restreams_port(server: StandIn) -> None:
    listen = ask(server.internal_url, "/api/config").json()["go2rtc"]["rtsp"]["listen"]
    assert listen == f":{urlsplit(server.rtsp_url).port}"
