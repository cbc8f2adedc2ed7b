"""Keeps the engine's process alive, and finds it again after a restart of Home Assistant."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
import importlib.util
import logging
import os
from pathlib import Path
import signal
import sys

from homeassistant.core import HomeAssistant, callback

from ..engine.fingerprint import fingerprint
from .builtin import BuiltinArchive
from .protocol import ArchiveRefused, ArchiveUnavailable, Hello, StopCause
from .wire import PROTOCOL

ENGINE = Path(__file__).parents[1] / "engine"

_KEPT_ENVIRONMENT = (
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "MALLOC_CONF",
    "PATH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "TZ",
)
"""Home Assistant's environment may hold tokens; the engine gets nothing that it does not need."""

_START_S = 20.0
_END_S = 15.0
_LOOK_S = 0.5
_LEASE_S = 30.0
_LEASE_TTL_S = 90
_UNANSWERED = 3
_BACK_OFF_S = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)

_LOGGER = logging.getLogger(__name__)


class Supervisor:
    """Sees to it that one engine of our version runs for a state folder.

    The engine is no child of ours: it outlives unloads, reloads and, where the system lets it,
    Home Assistant. It is known by its socket, never by a process id alone.
    """

    def __init__(self, hass: HomeAssistant, state: Path) -> None:
        """Supervise the engine of a state folder, which may not exist yet."""
        self._hass = hass
        self._state = state
        self._watchdog: asyncio.Task[None] | None = None
        self._ensuring = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._hello: Hello | None = None
        self._pidfd: int | None = None
        self._silent = 0
        self.archive = BuiltinArchive(state)

    @property
    def hello(self) -> Hello | None:
        """Return who answered last, or nothing while nobody does."""
        return self._hello

    @callback
    def async_subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when the engine was lost, and when another one answers."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def ensure(self) -> Hello:
        """Return who answers: the running engine, or a new one.

        One of another version is replaced. Raises `ArchiveUnavailable` when none can be started.
        """
        async with self._ensuring:
            version = await self._hass.async_add_executor_job(fingerprint, ENGINE)
            try:
                hello = await self.archive.hello()
            except ArchiveUnavailable, ArchiveRefused:
                hello = await self._start()
            if hello.version != version or hello.proto != PROTOCOL:
                hello = await self._replace(hello)
            await self._met(hello)
            return hello

    async def start(self) -> None:
        """Begin to supervise; returns when an engine answers, or could not be started.

        Either way the watchdog goes on trying until `close` or `stop`.
        """
        try:
            await self.ensure()
        except ArchiveUnavailable as error:
            _LOGGER.error("The recorder does not start: %s", error)  # noqa: TRY400
        self._watchdog = self._hass.async_create_background_task(self._watch(), "kindergarten watchdog")

    async def close(self) -> None:
        """Stop supervising. The engine goes on recording."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            await asyncio.gather(self._watchdog, return_exceptions=True)
            self._watchdog = None
        self._forget()
        await self.archive.close()

    async def stop(self, cause: StopCause) -> None:
        """Stop supervising and end the engine; returns when its process is gone."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            await asyncio.gather(self._watchdog, return_exceptions=True)
            self._watchdog = None
        with suppress(ArchiveUnavailable, ArchiveRefused):
            await self._end(cause, await self.archive.hello())
        await self.close()

    async def _start(self) -> Hello:
        """Launch an engine and wait until it answers."""
        _LOGGER.debug("Starting the recorder")
        async with self._in_time():
            await self._launch()
            return await self._answering()

    async def _replace(self, old: Hello) -> Hello:
        """Have a new engine ready before the old one ends, so that as little as can be goes unrecorded.

        Where none can be loaded this raises, and the old one goes on.
        """
        # The old one would end itself if nobody renewed while one attempt after the other fails.
        with suppress(ArchiveUnavailable, ArchiveRefused):
            await self.archive.lease(_LEASE_TTL_S)
        try:
            async with asyncio.timeout(_START_S):
                await self._launch("--wait", str(2 * _END_S))
        except TimeoutError as error:
            raise ArchiveUnavailable(f"a new one is not loaded within {_START_S:.0f} s") from error
        await self._end("upgrade", old)
        async with self._in_time():
            return await self._answering(old)

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Wait for an engine's answer; one that holds the place and does not answer is killed."""
        try:
            async with asyncio.timeout(_START_S):
                yield
        except TimeoutError as error:
            await self._hass.async_add_executor_job(_kill_holder, self._state)
            raise ArchiveUnavailable(f"no answer within {_START_S:.0f} s of its start") from error

    async def _launch(self, *more: str) -> None:
        """Start an engine; returns when it is loaded and goes on by itself. Cancelled, it starts none."""
        arguments = ("engine", "--detach", "--state", str(self._state), *more)
        sites = await self._hass.async_add_executor_job(_sites)
        try:
            launcher = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(ENGINE / "boot.py"),
                *arguments,
                *sites,
                env={
                    name: value for name in _KEPT_ENVIRONMENT if (value := os.environ.get(name)) is not None
                },
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise ArchiveUnavailable(f"it cannot be launched: {error.strerror}") from error
        try:
            _, said = await launcher.communicate()
        finally:
            if launcher.returncode is None:
                with suppress(ProcessLookupError):
                    launcher.kill()
        if launcher.returncode:
            raise ArchiveUnavailable(f"the launcher failed: {said.decode(errors='replace')[-500:]}")

    async def _answering(self, old: Hello | None = None) -> Hello:
        """Wait until an engine answers; the one that ends may do so for a while yet."""
        while True:
            with suppress(ArchiveUnavailable, ArchiveRefused):
                hello = await self.archive.hello()
                if old is None or _identity(hello) != _identity(old):
                    return hello
            await asyncio.sleep(0.05)

    async def _end(self, cause: StopCause, hello: Hello) -> None:
        """End an engine, and wait until its process is gone: only then is its lock free."""
        pidfd = _pidfd(hello.pid)
        try:
            with suppress(ArchiveUnavailable):
                await self.archive.stop(cause)
            if pidfd is not None and not await _ended(pidfd, _END_S):
                _LOGGER.warning("The recorder does not end, killing it")
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
                await _ended(pidfd, _END_S)
        finally:
            if pidfd is not None:
                os.close(pidfd)

    async def _met(self, hello: Hello) -> None:
        """Remember who answers, and tell when it is another one than before."""
        known, self._silent = self._hello, 0
        if known is not None and _identity(known) == _identity(hello):
            return
        self._forget()
        self._hello = hello
        self._pidfd = _pidfd(hello.pid)
        with suppress(ArchiveUnavailable, ArchiveRefused):
            await self.archive.lease(_LEASE_TTL_S)
        self._tell()

    def _forget(self) -> None:
        self._hello = None
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    @callback
    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    async def _watch(self) -> None:
        """Start the engine again when it died, and renew the lease while it lives."""
        loop = asyncio.get_running_loop()
        failures, renew_at = 0, loop.time() + _LEASE_S
        while True:
            died = self._hello is None or await self._died(_LOOK_S)
            if not died and loop.time() >= renew_at:
                renew_at = loop.time() + _LEASE_S
                died = not await self._renewed()
            if not died:
                continue
            if self._hello is not None:
                _LOGGER.warning("The recorder is gone, starting it again")
                self._forget()
                self._tell()
            await asyncio.sleep(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])
            try:
                await self.ensure()
                failures = 0
            except ArchiveUnavailable as error:
                failures += 1
                _LOGGER.log(
                    logging.ERROR if failures == 1 else logging.DEBUG,
                    "The recorder does not start: %s",
                    error,
                )

    async def _died(self, within_s: float) -> bool:
        """Tell whether the engine's process ended."""
        if self._pidfd is not None:
            return await _ended(self._pidfd, within_s)
        await asyncio.sleep(within_s)
        try:
            await self.archive.hello()
        except ArchiveUnavailable, ArchiveRefused:
            return True
        return False

    async def _renewed(self) -> bool:
        """Renew the lease; false when nobody answered for some time though the process lives."""
        try:
            await self.archive.lease(_LEASE_TTL_S)
        except ArchiveUnavailable, ArchiveRefused:
            self._silent += 1
        else:
            self._silent = 0
        if self._silent < _UNANSWERED:
            return True
        if self._pidfd is not None:
            _LOGGER.warning("The recorder has not answered for a while, killing it")
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            await _ended(self._pidfd, _END_S)
        return False


def _identity(hello: Hello) -> tuple[int, int]:
    """Return what tells one engine's process from another; containers of their own reuse the ids."""
    return hello.pid, hello.started_us


def _sites() -> list[str]:
    """Return where the engine's third-party packages are, for when isolated mode hides it."""
    folders = {
        str(Path(spec.origin).parents[1])
        for name in ("aiohttp", "av")
        if (spec := importlib.util.find_spec(name)) and spec.origin
    }
    return [part for folder in sorted(folders) for part in ("--site", folder)]


def _kill_holder(state: Path) -> None:
    """Kill the engine that holds a state folder's lock without answering."""
    try:
        pid = int((state / "lock").read_bytes())
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError, ValueError:
        return
    if os.fsencode(state) in command and os.fsencode(ENGINE / "boot.py") in command:
        _LOGGER.warning("Process %d holds the recorder's place without answering, killing it", pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _pidfd(pid: int) -> int | None:
    """Return a handle of a process, or nothing where the system has none (or it is gone)."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


async def _ended(pidfd: int, within_s: float) -> bool:
    """Wait for the end of a process; false when it did not come in time."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(pidfd, ended.set)
    try:
        async with asyncio.timeout(within_s):
            await ended.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(pidfd)
    return True
