"""The right to use an archive: two engines may never write to one."""

from contextlib import suppress
from dataclasses import dataclass
import json
import logging
import threading

from ...env import Env
from ...errors import ArchiveError

LOCK = "engine.lock"
ALIVE = "engine.alive"
NAMES = frozenset({LOCK, ALIVE})
BEAT_S = 10.0
_SETTLE_S = 1.0
_RECORD_BYTES = 256
_SILENT_NS = 60_000_000_000
_WATCHED_NS = 25_000_000_000

_LOGGER = logging.getLogger(__name__)


def in_use() -> ArchiveError:
    """Return what is said when another engine uses an archive."""
    return ArchiveError("busy", "another recorder is using this archive")


class Claim:
    """The lock on an archive's folder, held from `take` to `release`.

    Where the file system has no locks, a record in the folder is renewed every 10 s instead: who
    finds one of somebody else's waits until that one is silent.
    """

    def __init__(self, env: Env) -> None:
        """Hold nothing yet."""
        self._env = env
        self._fd: int | None = None
        self._beats: _Beats | None = None
        self._seen: _Seen | None = None
        self._token = ""

    def take(self, path: str) -> None:
        """Lock an archive's folder. Raises ArchiveError("busy") when another engine uses it, OSError."""
        self.release()
        try:
            self._fd = self._env.fs.lock(f"{path}/{LOCK}")
        except BlockingIOError as error:
            raise in_use() from error
        if self._fd is None:
            record = f"{path}/{ALIVE}"
            self._wait_for_silence(record)
            beats = _Beats(self._env, record, self._token)
            # Who began at the same moment may have written after us: the last one has it.
            self._env.sleep(_SETTLE_S)
            beats.begin()
            self._beats, self._seen = beats, None

    def check(self) -> None:
        """Raise ArchiveError("busy") when another engine has taken the archive in spite of us."""
        if self._beats is not None and self._beats.lost:
            raise in_use()

    def release(self) -> None:
        """Let others use the archive; nothing when it is not ours."""
        fd, self._fd = self._fd, None
        if fd is not None:
            with suppress(OSError):
                self._env.fs.close(fd)
        beats, self._beats = self._beats, None
        if beats is not None:
            beats.stop()

    def _wait_for_silence(self, path: str) -> None:
        """Raise ArchiveError("busy") while the record there may be that of a living engine."""
        # The same as long as we live: a disk that comes back has our last record on it.
        self._token = self._token or self._env.token(16)
        content = _content(self._env, path)
        if content is None or _is_of(content, self._token):
            return
        now = self._env.monotonic_ns()
        if self._seen is None or self._seen.content != content:
            self._seen = _Seen(content=content, since_ns=now)
        watched = now - self._seen.since_ns
        try:
            record = json.loads(content)
            boot, mono, real = str(record["boot_id"]), int(record["mono_ns"]), int(record["utc_ns"])
        except ValueError, KeyError, TypeError:
            boot, mono, real = "", 0, 0
        if boot == self._env.boot_id():
            silent = not 0 <= now - mono < _SILENT_NS
        else:
            # Another machine's wall clock may differ from ours: an old record must also stay as it is.
            old = abs(self._env.realtime_ns() - real) >= _SILENT_NS
            silent = watched >= (_WATCHED_NS if old else _SILENT_NS)
        if not silent:
            raise in_use()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """A record of somebody else's, and since when it has not changed by our monotonic clock."""

    content: bytes
    since_ns: int


class _Beats:
    """Renews our record in a thread of its own, because a disk may keep the others waiting."""

    def __init__(self, env: Env, path: str, token: str) -> None:
        """Write the first record. Raises OSError."""
        self._env = env
        self._path = path
        self._token = token
        self._ended = threading.Event()
        self.lost = False
        self._write()
        self._thread = threading.Thread(target=self._run, name="archive-claim", daemon=True)

    def begin(self) -> None:
        """Go on. Raises ArchiveError("busy") when the record is not ours any more, OSError."""
        if not self._ours():
            raise in_use()
        self._thread.start()

    def stop(self) -> None:
        """End, and take our record away."""
        self._ended.set()
        self._thread.join(timeout=BEAT_S)
        with suppress(OSError):
            if not self.lost and self._ours():
                self._env.fs.unlink(self._path)

    def _run(self) -> None:
        while not self._ended.wait(BEAT_S):
            try:
                if not self._ours():
                    self.lost = True
                    return
                self._write()
            except OSError as error:
                _LOGGER.warning("The archive's record of use was not renewed: %s", error)

    def _ours(self) -> bool:
        content = _content(self._env, self._path)
        return content is None or _is_of(content, self._token)

    def _write(self) -> None:
        record = {
            "boot_id": self._env.boot_id(), "token": self._token,
            "mono_ns": self._env.monotonic_ns(), "utc_ns": self._env.realtime_ns(),
        }  # fmt: skip
        fs = self._env.fs
        try:
            fd = fs.open(self._path, write=True)
        except FileNotFoundError:
            fd = fs.create(self._path)
        try:
            # In place and of one length: a full disk lets us.
            fs.write_all(fd, json.dumps(record).encode().ljust(_RECORD_BYTES), 0)
            fs.sync(fd)
        finally:
            fs.close(fd)


def _is_of(content: bytes, token: str) -> bool:
    return f'"{token}"'.encode() in content


def _content(env: Env, path: str) -> bytes | None:
    try:
        return env.fs.read(path)
    except FileNotFoundError:
        return None
