"""Which reader reads: ours where it can, PyAV for what ours does not understand."""

from collections.abc import Callable
import logging
from typing import override

from ...env import Env
from ...errors import SourceError
from .apart import ReaderApart
from .interface import AccessUnit, AudioUnit, NotUnderstoodError, Reader, Sink, Source, StreamDescription
from .native.drain import Drain
from .native.reader import NativeReader

OTHER_FOR_NS = 24 * 3_600_000_000_000
"""How long a stream is left to PyAV at once, once ours did not understand it."""
MOST_KNOWN = 512
_LOGGER = logging.getLogger(__name__)
_OURS = ("rtsp://", "rtsps://")


class Readers:
    """Makes readers, and remembers which streams ours does not understand."""

    def __init__(self, other: Callable[[Env], Reader] = ReaderApart) -> None:
        """Know nothing yet; what ours does not understand is left to an `other`."""
        self.other = other
        self._others: dict[str, int] = {}
        self._drain: Drain | None = None

    def __call__(self, env: Env) -> Reader:
        """Return a reader for one session."""
        return AutomaticReader(env, self)

    def ours(self, env: Env) -> Reader:
        """Return a reader of our own; all of them share one thread."""
        if self._drain is None:
            self._drain = Drain(env)
        return NativeReader(env, self._drain)

    def understood(self, env: Env, source: Source) -> bool:
        """Tell whether to try our own reader."""
        if not source.url.lower().startswith(_OURS):
            return False
        since_ns = self._others.get(source.url)
        return since_ns is None or env.monotonic_ns() - since_ns > OTHER_FOR_NS

    def not_understood(self, env: Env, source: Source) -> None:
        """Remember that another reader is to be asked first."""
        if len(self._others) >= MOST_KNOWN:
            self._others.clear()
        self._others[source.url] = env.monotonic_ns()


class AutomaticReader(Reader):
    """Reads with ours, and goes on with PyAV when ours does not understand the camera.

    Not when the camera cannot be reached, refuses the login or is silent: then nobody can read it.
    """

    name = ""

    def __init__(self, env: Env, readers: Readers) -> None:
        """Ask `readers` which one is to begin."""
        self._env = env
        self._readers = readers
        self._reader: Reader | None = None
        self._stopped = False

    @override
    def start(self, source: Source, sink: Sink) -> None:
        if self._readers.understood(self._env, source):
            self._begin(self._readers.ours(self._env), source, _Handover(self, source, sink))
        else:
            self.hand_over(source, sink)

    @override
    def stop(self) -> None:
        self._stopped = True
        if self._reader is not None:
            self._reader.stop()

    def hand_over(self, source: Source, sink: Sink) -> None:
        """Go on with PyAV."""
        self._begin(self._readers.other(self._env), source, sink)

    def not_understood(self, source: Source, sink: Sink, error: SourceError) -> None:
        """Hear that our reader ended without understanding the camera."""
        self._readers.not_understood(self._env, source)
        _LOGGER.warning("A stream is left to libavformat: %s", error.text)
        if self._stopped:
            sink.ended(error)
        else:
            self.hand_over(source, sink)

    def _begin(self, reader: Reader, source: Source, sink: Sink) -> None:
        self.name = reader.name
        self._reader = reader
        reader.start(source, sink)
        if self._stopped:
            reader.stop()


class _Handover(Sink):
    """Passes everything on but an end that another reader may avoid."""

    def __init__(self, automatic: AutomaticReader, source: Source, sink: Sink) -> None:
        self._automatic = automatic
        self._source = source
        self._sink = sink

    def described(self, description: StreamDescription) -> None:
        self._sink.described(description)

    def picture(self, unit: AccessUnit) -> None:
        self._sink.picture(unit)

    def sound(self, unit: AudioUnit) -> None:
        self._sink.sound(unit)

    def camera_clock(self, offset_us: int) -> None:
        self._sink.camera_clock(offset_us)

    def ended(self, error: SourceError) -> None:
        if isinstance(error, NotUnderstoodError):
            self._automatic.not_understood(self._source, self._sink, error)
        else:
            self._sink.ended(error)
