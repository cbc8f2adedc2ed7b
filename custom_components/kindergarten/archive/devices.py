"""The words of devices whose streams are looked for, beside `models.py`."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedDevice:
    """A camera or recorder to look at. `path` is what is known of an RTSP address, "" for nothing.

    Its web interface is asked by HTTPS alone where it is to be `encrypted`.
    """

    host: str
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    port: int = 554
    http_port: int = 80
    https_port: int = 443
    encrypted: bool = False
    path: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundChannel:
    """A camera of a device: the paths of its streams. `seen` is False where there is no picture to have."""

    number: int
    name: str
    main: str
    sub: str | None
    seen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundDevice:
    """A device. `stopped` tells that a login was refused on the way: there may be more than was found.

    `certificate` is the fingerprint (SHA-256, hex) of one that was taken without being verified, "" for none.
    """

    brand: str | None
    maker: str
    model: str
    port: int
    stopped: bool
    channels: tuple[FoundChannel, ...]
    certificate: str = ""


class DeviceArchive(Protocol):
    """Whoever looks for devices; raises as `Archive` does."""

    async def find(self, device: WantedDevice) -> FoundDevice:
        """Look for a device's streams, ≤ 80 s; its login is refused twice at most.

        Refusals: unreachable, refused, timeout, closed, no_camera, auth, not_found, bad_address.
        """
