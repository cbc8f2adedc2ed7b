"""What cameras hand over, waiting for the disk: bounded, so that a slow disk costs pictures and not memory."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
import threading

from ..format.init import Init
from ..fragments import Samples
from .views import StoreSettings, Stream

type Task = Callable[[], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One thing to do, in order; `size` is what it holds in memory for a camera."""

    task: Task
    camera: str | None = None
    size: int = 0


class Inbox:
    """A queue from many cameras to one writer."""

    def __init__(self, settings: StoreSettings) -> None:
        """Begin empty."""
        self._settings = settings
        self._items: deque[Item] = deque()
        self._sizes: dict[str, int] = {}
        self._total = 0
        self._busy = False
        self.ready = threading.Condition()

    def configure(self, settings: StoreSettings) -> None:
        """Use other bounds."""
        self._settings = settings

    def put(self, task: Task) -> None:
        """Add something small that must not be lost."""
        with self.ready:
            self._items.append(Item(task=task))
            self.ready.notify_all()

    def offer(self, task: Task, camera: str, size: int) -> bool:
        """Add something that may be refused, as too much waits already."""
        with self.ready:
            mine = self._sizes.get(camera, 0)
            if mine and mine + size > self._settings.camera_queue_bytes:
                return False
            if self._total and self._total + size > self._settings.queue_bytes:
                return False
            self._sizes[camera] = mine + size
            self._total += size
            self._items.append(Item(task=task, camera=camera, size=size))
            self.ready.notify_all()
            return True

    def take(self) -> Item | None:
        """Return the next thing to do, which counts until `done`."""
        with self.ready:
            if not self._items:
                return None
            self._busy = True
            return self._items.popleft()

    def done(self, item: Item) -> None:
        """Say that something was dealt with."""
        with self.ready:
            self._busy = False
            if item.camera is not None:
                self._sizes[item.camera] -= item.size
                self._total -= item.size
            if not self._items:
                self.ready.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Wait until there is something to do; tells whether there is."""
        with self.ready:
            return bool(self._items) or self.ready.wait(timeout_s)

    def wait_empty(self, timeout_s: float) -> bool:
        """Wait until everything was dealt with."""
        with self.ready:
            return self.ready.wait_for(lambda: not self._items and not self._busy, timeout_s)

    @property
    def waiting(self) -> int:
        """Return how many bytes wait."""
        return self._total


class RunTasks:
    """What a run asks of the writer."""

    def samples(self, run: Run, samples: Samples) -> None:
        """Write a fragment."""
        raise NotImplementedError

    def end(self, run: Run, rel_us: int, cause: str, detail: str) -> None:
        """Finish a run's file."""
        raise NotImplementedError

    def down(self, camera: str, stream: Stream, rel_us: int, cause: str, detail: str) -> None:
        """Begin or name a gap."""
        raise NotImplementedError


class Run:
    """A stretch of one stream without a break, being recorded. No call blocks on the disk."""

    def __init__(
        self, inbox: Inbox, tasks: RunTasks, camera: str, stream: Stream, init: Init, reader: str, loss: str
    ) -> None:
        """Belong to a camera's stream; use `Store.begin_run`."""
        self._inbox = inbox
        self._tasks = tasks
        self._dropping = False
        self._ended = False
        self.camera: str = camera
        self.stream: Stream = stream
        self.init = init
        self.reader = reader
        self.loss = loss
        self.camera_clock_us: int | None = None
        """How far the camera's wall clock was ahead of ours, as it said last."""

    def add(self, samples: Samples) -> bool:
        """Queue one fragment; over the queue's bounds whole GOPs are dropped (false, cause disk_slow)."""
        if self._ended:
            return False
        if self._dropping and not samples.key:
            return False
        size = sum([sample.size for sample in samples.video]) + sum([frame.size for frame in samples.audio])
        self._dropping = not self._inbox.offer(lambda: self._tasks.samples(self, samples), self.camera, size)
        if self._dropping:
            at = samples.rel_start_us
            self._inbox.put(lambda: self._tasks.down(self.camera, self.stream, at, "disk_slow", ""))
        return not self._dropping

    def change_init(self, init: Init) -> None:
        """Go on with other parameter sets: the next fragment begins a new file."""

        def task() -> None:
            self.init = init

        self._inbox.put(task)

    def end(self, rel_end_us: int, cause: str, detail: str = "") -> None:
        """End the run; a gap with this cause begins where its last fragment ended."""
        if not self._ended:
            self._ended = True
            self._inbox.put(lambda: self._tasks.end(self, rel_end_us, cause, detail))
