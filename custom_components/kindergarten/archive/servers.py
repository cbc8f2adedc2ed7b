"""The words of servers that record cameras themselves, beside `models.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerProblem:
    """What is wrong with a server; `camera` is the uid of the one it is about, `days` those that are kept."""

    code: str
    camera: str | None = None
    days: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerStatus:
    """A server that records cameras itself: `state` is ok, or why it cannot be asked.

    `disk_days` is how long its disk can hold what its cameras write, `day_bytes` what that is each day.
    """

    state: str
    since_us: int | None = None
    version: str | None = None
    problems: tuple[ServerProblem, ...] = ()
    disk_days: float | None = None
    day_bytes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerCamera:
    """A camera as a server has it. `stream` is what its live picture is called, `days` how long it is kept."""

    id: str
    name: str
    records: bool
    stream: str
    days: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerFound:
    """Who answers at a server's address; `admin` is whether our login may do everything.

    `rtsp_port` is where it gives out live pictures, None where it does not say.
    """

    version: str
    admin: bool
    cameras: tuple[ServerCamera, ...]
    rtsp_port: int | None = None
