"""Long tasks beside recording: one thread each, with progress, cancelling and a bound on how fast they read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import logging
import sqlite3
import threading
from typing import Literal, override

from ..env import Env
from ..errors import EngineError, RequestError

type State = Literal["running", "done", "failed", "cancelled"]
type Work = Callable[[Task], Mapping[str, object]]

GENTLE = 50 << 20
"""Bytes a second that a task may read while cameras record."""
_KEPT = 16
_PACE_NS = 100_000_000

_LOGGER = logging.getLogger(__name__)


class CancelledError(Exception):
    """Somebody cancelled the task; whoever hears this cleans up and passes it on."""


@dataclass(slots=True, eq=False)
class Task:
    """What a piece of work tells, and asks, while it runs. `rate` is in bytes a second, `None`: any."""

    env: Env
    kind: str
    rate: int | None = None
    state: State = "running"
    share: float = 0.0
    result: Mapping[str, object] = field(default_factory=dict)
    error: EngineError | None = None
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _ahead_ns: int = 0

    def progress(self, share: float) -> None:
        """Say how much is done (0..1). Raises CancelledError when that is enough."""
        self.share = min(1.0, max(self.share, share))
        if self._cancelled.is_set():
            raise CancelledError

    def read(self, size: int) -> None:
        """Say that so many bytes were read, and wait if that was too fast. Raises CancelledError."""
        self.progress(self.share)
        if not self.rate:
            return
        now = self.env.monotonic_ns()
        self._ahead_ns = max(self._ahead_ns, now) + size * 1_000_000_000 // self.rate
        if self._ahead_ns - now > _PACE_NS:
            self.env.sleep((self._ahead_ns - now) / 1e9)

    def part(self, start: float, span: float) -> Task:
        """Return the task for a part of the work that takes it from `start` on by `span` (0..1)."""
        return _Part(env=self.env, kind=self.kind, rate=self.rate, whole=self, start=start, span=span)

    def cancel(self) -> None:
        """Ask the work to end soon."""
        self._cancelled.set()

    def run(self, work: Work) -> None:
        """Do the work and remember how it ended."""
        try:
            self.result = work(self)
            self.share, self.state = 1.0, "done"
        except CancelledError:
            self.state = "cancelled"
        except EngineError as error:
            self.error, self.state = error, "failed"
        except (OSError, sqlite3.Error) as error:
            self.error, self.state = (
                EngineError("unavailable", f"the archive does not answer: {error}"),
                "failed",
            )
        except Exception:  # a thread's last line of defence: the job has failed, recording has not
            _LOGGER.exception("Unexpected error in a %s", self.kind)
            self.error, self.state = EngineError("internal", "the engine failed, see its log"), "failed"

    def view(self) -> dict[str, object]:
        """Return it for the API."""
        error = None if self.error is None else {"code": self.error.code, "text": self.error.text}
        return {
            "kind": self.kind, "state": self.state, "progress": round(self.share, 4), "result": dict(self.result),
            "error": error,
        }  # fmt: skip


@dataclass(slots=True, eq=False, kw_only=True)
class _Part(Task):
    """A part of a task: what it tells is told of the whole."""

    whole: Task
    start: float
    span: float

    @override
    def progress(self, share: float) -> None:
        self.share = min(1.0, max(self.share, share))
        self.whole.progress(self.start + self.share * self.span)


class Jobs:
    """The tasks of one engine; thread-safe."""

    def __init__(self, env: Env) -> None:
        """Begin with none."""
        self._env = env
        self._lock = threading.Lock()
        self._tasks: dict[str, Task] = {}
        self._threads: dict[str, threading.Thread] = {}

    def start(self, kind: str, work: Work, *, rate: int | None = GENTLE, name: str | None = None) -> str:
        """Begin a task and return its id; raises RequestError("busy") while one of its kind runs."""
        with self._lock:
            if any(task.kind == kind and task.state == "running" for task in self._tasks.values()):
                raise RequestError("busy", f"a {kind} is running")
            name = name or self._env.token(8)
            task = self._tasks[name] = Task(env=self._env, kind=kind, rate=rate)
            for old in [each for each, known in self._tasks.items() if known.state != "running"][:-_KEPT]:
                del self._tasks[old]
            thread = threading.Thread(target=task.run, args=(work,), name=f"job-{kind}", daemon=True)
            self._threads[name] = thread
        thread.start()
        return name

    def get(self, name: str) -> Task:
        """Return a task; raises RequestError("not_found")."""
        with self._lock:
            task = self._tasks.get(name)
        if task is None:
            raise RequestError("not_found", "there is no such job")
        return task

    def told(self) -> list[dict[str, object]]:
        """Return the tasks that run and the last ones that ended, newest last: `{id, kind, state, progress}`."""
        with self._lock:
            tasks = list(self._tasks.items())
        return [
            {"id": name, "kind": task.kind, "state": task.state, "progress": round(task.share, 4)}
            for name, task in tasks
        ]

    def cancel(self, name: str) -> None:
        """Ask a task to end soon; raises RequestError("not_found")."""
        self.get(name).cancel()

    def wait(self, name: str, timeout_s: float) -> bool:
        """Wait until a task has ended; tells whether it has."""
        with self._lock:
            thread = self._threads.get(name)
        if thread is not None:
            thread.join(timeout_s)
        return thread is None or not thread.is_alive()

    def close(self, timeout_s: float = 5.0) -> None:
        """Cancel all tasks and wait for them."""
        with self._lock:
            names = list(self._tasks)
        for name in names:
            self.cancel(name)
        for name in names:
            self.wait(name, timeout_s)
