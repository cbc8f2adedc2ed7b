"""What is known of a camera's sight, and how it outlives the engine."""

from dataclasses import asdict, dataclass, field
import json

from .clock import ClockWatch

OK = "ok"
_VERSION = 1


@dataclass(kw_only=True, slots=True)
class Memory:
    """A camera's eye and what it said last; times are µs, UTC.

    `sight` is so since `since_us`; `good_us` is the last look at which all was well, `looked_us` the
    last one at all. `learning` while there is too little to compare with.
    """

    eye: bytes = field(default=b"", repr=False)
    sight: str = OK
    since_us: int | None = None
    learning: bool = True
    looked_us: int | None = None
    good_us: int | None = None
    clock: ClockWatch = field(default_factory=ClockWatch)

    def dump(self) -> bytes:
        """Return what `load` reads."""
        head = asdict(self)
        del head["eye"]
        return json.dumps({"v": _VERSION, **head}).encode() + b"\n" + self.eye


def load(data: bytes | None) -> Memory:
    """Return what was dumped; a new memory when there is none, or one that cannot be read."""
    line, _, eye = (data or b"").partition(b"\n")
    try:
        head = json.loads(line)
        if head.pop("v") != _VERSION:
            return Memory()
        return Memory(**head | {"eye": eye, "clock": ClockWatch(**head["clock"])})
    except ValueError, KeyError, TypeError, AttributeError:
        return Memory()
