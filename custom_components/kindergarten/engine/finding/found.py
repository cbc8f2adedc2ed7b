"""What is looked for, and what was found."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A device to look at. `path` is what the owner knows of an RTSP address, "" for nothing.

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
class Channel:
    """A camera of a device: its streams' paths. `seen` is False where a recorder has no picture to give."""

    number: int
    name: str
    main: str
    sub: str | None
    seen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A device with its channels, never none.

    `recorder` is whether it may have more cameras than one. `stopped` tells that the login was refused
    on the way, so that there may be more than was found. `login` is whether the streams want one.
    `certificate` is the fingerprint (SHA-256, hex) of one that was taken without being verified, "" for none.
    """

    brand: str | None
    maker: str
    model: str
    port: int
    recorder: bool
    stopped: bool
    login: bool
    certificate: str
    channels: tuple[Channel, ...]
