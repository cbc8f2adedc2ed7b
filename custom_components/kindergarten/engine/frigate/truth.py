"""What a camera at a Frigate server really does: judged by fresh segments, never by switches."""

from collections import deque
from dataclasses import dataclass, field

from ..frigate_api.models import FrigateCamera, Stats

FRESH_US = 90_000_000
"""Segments are seen 10 to 30 s late."""
_AROUND_US = 90_000_000
_CLOCKS_US = 30_000_000
"""Clocks may differ by so much before it is told: a date has whole seconds, an answer takes some."""
_REMEMBERED = 4000
_RANK = ("host_restart", "paused_by_admin", "disk_full", "refused", "stall", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """How a camera is: `state` and `cause` as the control API has them, `code` says it more exactly."""

    state: str
    cause: str | None = None
    code: str | None = None


RECORDING = Judgement(state="recording")
STARTING = Judgement(state="starting")
GONE = Judgement(state="no_video", cause="unknown", code="camera_gone")
RESTING = Judgement(state="off", cause="schedule")


def judge(camera: FrigateCamera | None, stats: Stats | None, newest_us: int | None, now_us: int) -> Judgement:
    """Return what a camera does now; None for a camera that the server no longer knows."""
    if newest_us is not None and now_us - newest_us <= FRESH_US:
        return RECORDING
    if camera is None:
        return GONE
    if not camera.enabled:
        return Judgement(state="stalled", cause="paused_by_admin", code="camera_off")
    if not camera.record:
        return Judgement(state="stalled", cause="paused_by_admin", code="record_off")
    if stats is not None and stats.uptime_s is not None and stats.uptime_s < FRESH_US / 1e6:
        return Judgement(state="connecting", cause="host_restart", code="restarted")
    measured = stats.cameras.get(camera.id) if stats is not None else None
    if measured is not None and measured.fps == 0:
        return Judgement(state="stalled", cause="stall", code="no_pictures")
    return Judgement(state="stalled", cause="unknown", code="no_segments")


def clock_off_us(date_s: float | None, now_us: int) -> int:
    """Return how far a server's clock is ahead of ours; 0 when it is near enough or not told."""
    ahead = 0 if date_s is None else round(date_s * 1e6) - now_us
    return ahead if abs(ahead) > _CLOCKS_US else 0


def unreachable(code: str) -> Judgement:
    """Return how cameras are whose server does not answer: nobody can tell, which is never good."""
    return Judgement(state="unreachable", cause="refused", code=code)


@dataclass(slots=True)
class Causes:
    """What was noticed while a camera did not record: the causes of its holes."""

    _noticed: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def notice(self, at_us: int, cause: str | None) -> None:
        """Remember why nothing was recorded at a time."""
        if cause is not None:
            self._noticed.append((at_us, cause))

    def notice_once(self, at_us: int, cause: str) -> None:
        """Remember something that is told again and again, at about the same time."""
        if not any(known == cause and abs(at - at_us) < _AROUND_US for at, known in self._noticed):
            self._noticed.append((at_us, cause))

    def of(self, start_us: int, end_us: int) -> str:
        """Return the best known cause of a hole."""
        found = {cause for at, cause in self._noticed if start_us - _AROUND_US <= at <= end_us + _AROUND_US}
        best = next((cause for cause in _RANK if cause in found), "unknown")
        return "unknown" if best == "refused" else best
