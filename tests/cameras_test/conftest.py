"""A small fleet with quick clips, and a plain client."""

from collections.abc import Iterator

import pytest
import pytest_socket

from tests.cameras import ClipSpec, Fleet, SimulatedCamera

QUICK = ClipSpec(width=320, height=180, gop_s=0.4, loop_s=4, bitrate=200_000)
QUICK_H265 = ClipSpec(codec="h265", width=320, height=180, gop_s=0.4, loop_s=4, bitrate=200_000)


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """The cameras are reached over TCP."""
    pytest_socket.enable_socket()


@pytest.fixture
def camera() -> Iterator[SimulatedCamera]:
    """A camera without login and sound."""
    pytest_socket.enable_socket()
    with Fleet([SimulatedCamera(name="door", main=QUICK, sub=QUICK)]) as fleet:
        yield fleet["door"]
