"""Long tasks, one after the other, in a thread of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import logging

from .env import Env
from .errors import EngineError, RequestError

_REMEMBERED = 50

_LOGGER = logging.getLogger(__name__)


@dataclass(kw_only=True, slots=True)
class _Job:
    kind: str
    state: str = "running"
    done: float | None = None
    detail: str = ""


class Jobs:
    """Begins tasks by their kind and remembers how they went."""

    def __init__(self, env: Env, kinds: dict[str, Callable[[], str]]) -> None:
        """Know the tasks: each returns what there is to say about its result."""
        self._env = env
        self._kinds = kinds
        self._jobs: dict[str, _Job] = {}
        self._thread = ThreadPoolExecutor(1, "job")

    def start(self, kind: str) -> str:
        """Begin a task and return its id; raises `RequestError` while one of its kind runs."""
        if any(job.kind == kind and job.state == "running" for job in self._jobs.values()):
            raise RequestError("busy", "is running already", "kind")
        job_id = self._env.token(8)
        job = self._jobs[job_id] = _Job(kind=kind)
        for old in list(self._jobs)[:-_REMEMBERED]:
            del self._jobs[old]
        self._thread.submit(self._run, job)
        return job_id

    def _run(self, job: _Job) -> None:
        try:
            job.detail = self._kinds[job.kind]()
        except EngineError as error:
            job.detail, job.state = error.text, "failed"
        except Exception as error:  # a thread's last line of defence
            _LOGGER.exception("Job %s failed", job.kind)
            job.detail, job.state = type(error).__name__, "failed"
        else:
            job.done, job.state = 1.0, "done"

    def get(self, job_id: str) -> dict[str, object]:
        """Return how a task is; raises `RequestError`."""
        if (job := self._jobs.get(job_id)) is None:
            raise RequestError("not_found", "there is no such job", "id")
        return {
            "id": job_id,
            "kind": job.kind,
            "state": job.state,
            "done": job.done,
            "detail": job.detail,
        }

    def close(self) -> None:
        """Begin no more tasks; a running one ends with the process."""
        self._thread.shutdown(wait=False, cancel_futures=True)
