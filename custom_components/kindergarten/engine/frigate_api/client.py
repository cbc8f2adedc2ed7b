"""What is asked of a Frigate server. See `docs/frigate.md` for what its answers are worth."""

from collections.abc import Mapping
from datetime import UTC, datetime
import re

from ..env import Env
from . import parsing
from .connection import Connection
from .errors import FrigateError
from .models import (
    OLDEST,
    FrigateConfig,
    HourSum,
    ListedFile,
    Segment,
    Stats,
    Version,
    parse_version,
)
from .server import Server

_SHORT_S, _LONG_S = 8.0, 20.0
_WORD, _SMALL, _LARGE = 1 << 10, 1 << 20, 16 << 20
_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")
_EXPORT = re.compile(r"[A-Za-z0-9_.-]{1,200}\.mp4")
JOBS_SINCE: Version = (0, 18, 0)
_SOON_NS = 20_000_000_000
_WAITING = frozenset({"queued", "running", "pending"})


class FrigateClient:
    """One server's answers, in types. Every method raises FrigateError."""

    def __init__(self, env: Env, server: Server) -> None:
        """Prepare; nothing is asked yet. Needs the running loop."""
        self.connection = Connection(env, server)
        self._version: Version | None = None
        self._env = env
        self._asked: dict[str, int | None] = {}

    async def close(self) -> None:
        """Hang up."""
        await self.connection.close()

    async def version(self) -> Version:
        """Return the version that runs; raises "too_old" for one whose answers we do not know."""
        data = await self.connection.ask("GET", "/api/version", limit_s=_SHORT_S, limit_bytes=_WORD)
        version = parse_version(data.decode("ascii", "replace"))
        if version is None:
            raise FrigateError("not_frigate", "it does not tell a version")
        if version < OLDEST:
            raise FrigateError("too_old", f"{version[0]}.{version[1]} is too old")
        self._version = version
        return version

    async def config(self) -> FrigateConfig:
        """Return what it says it is set up to; that may differ from what it does."""
        version = self._version or await self.version()
        return parsing.config(await self._json("/api/config", limit_bytes=_LARGE), version)

    async def stats(self) -> Stats:
        """Return how it is."""
        return parsing.stats(await self._json("/api/stats"))

    async def used(self) -> int:
        """Return the bytes that all recordings take."""
        return parsing.used(await self._json("/api/recordings/storage"))

    async def role(self) -> str | None:
        """Return who we are to it: "admin", "viewer" or another role."""
        data = await self._json("/api/profile")
        role = data.get("role") if isinstance(data, dict) else None
        return role if isinstance(role, str) else None

    async def summary(self, camera: str) -> list[HourSum]:
        """Return the seconds of every UTC hour that has footage, oldest first; [] also for an unknown camera."""
        data = await self._json(
            f"/api/{_known(camera)}/recordings/summary",
            {"timezone": "utc"},
            limit_bytes=_LARGE,
            limit_s=_LONG_S,
        )
        return parsing.summary(data)

    async def segments(self, camera: str, start_us: int, end_us: int) -> list[Segment]:
        """Return the segments that touch a stretch of at most 25 hours; [] also for an unknown camera."""
        params = {"after": f"{start_us / 1e6:.3f}", "before": f"{end_us / 1e6:.3f}"}
        data = await self._json(
            f"/api/{_known(camera)}/recordings", params, limit_bytes=_LARGE, limit_s=_LONG_S
        )
        return parsing.segments(data)

    async def files(self, camera: str, hour: int) -> list[ListedFile]:
        """Return the files of a UTC hour that are on the server's disk."""
        day = datetime.fromtimestamp(hour * parsing.HOUR_S, UTC)
        try:
            return parsing.listing(await self._json(f"/recordings/{day:%Y-%m-%d/%H}/{_known(camera)}/"))
        except FrigateError as error:
            if error.code == "not_found":
                return []
            raise

    async def still(self, camera: str, height: int) -> bytes:
        """Return a JPEG of now. A dead camera has one too: it proves nothing."""
        return await self.connection.ask(
            "GET",
            f"/api/{_known(camera)}/latest.jpg",
            {"h": str(height)},
            limit_s=_SHORT_S,
            limit_bytes=_LARGE,
        )

    async def still_at(self, camera: str, at_us: int, height: int) -> bytes:
        """Return a JPEG out of the footage, as it was recorded for `height` 0; "not_found" where there is none."""
        return await self.connection.ask(
            "GET",
            f"/api/{_known(camera)}/recordings/{at_us / 1e6:.3f}/snapshot.jpg",
            {"height": str(height)} if height else None,
            limit_s=_LONG_S,
            limit_bytes=_LARGE,
        )

    async def export(
        self, camera: str, start_us: int, end_us: int, name: str, case: str | None = None
    ) -> str:
        """Begin an export and return its id; "not_found" where there is no footage, "busy" when too many wait."""
        body = {"name": name, "source": "recordings"} | ({"export_case_id": case} if case else {})
        path = f"/api/export/{_known(camera)}/start/{start_us // 1_000_000}/end/{-(-end_us // 1_000_000)}"
        try:
            answer = await self.connection.ask_json(
                "POST", path, limit_s=_LONG_S, limit_bytes=_SMALL, body=body
            )
        except FrigateError as error:
            if error.code == "bad_request":
                raise FrigateError("not_found", "there is no footage of that time") from error
            raise
        found = answer.get("export_id") if isinstance(answer, dict) else None
        if not isinstance(found, str) or not _ID.fullmatch(found):
            raise FrigateError("bad_answer", "an export without an id")
        return found

    async def exported(self, export_id: str) -> str | None:
        """Return the file of an export, None while it is made; raises "failed" when it came to nothing."""
        try:
            row = await self._json(f"/api/exports/{export_id}")
        except FrigateError as error:
            if error.code != "not_found":
                raise
            # From 0.18 on it waits in a queue first; before, it may not have begun yet.
            if await self._job(export_id) in _WAITING or self._soon(export_id):
                return None
            self._asked.pop(export_id, None)
            raise FrigateError("failed", "the export came to nothing") from error
        self._asked[export_id] = None
        if not isinstance(row, dict):
            raise FrigateError("bad_answer", "an export is no object")
        if row.get("in_progress") is not False:
            return None
        name = str(row.get("video_path", "")).rpartition("/")[2]
        if not _EXPORT.fullmatch(name):
            raise FrigateError("bad_answer", "an export without a file")
        self._asked.pop(export_id, None)
        return name

    def _soon(self, export_id: str) -> bool:
        """Tell whether an export that was never seen may still appear: there are no jobs to ask for before 0.18."""
        if self._version is None or self._version >= JOBS_SINCE:
            return False
        now_ns = self._env.monotonic_ns()
        first_ns = self._asked.setdefault(export_id, now_ns)
        return first_ns is not None and now_ns - first_ns < _SOON_NS

    async def exports(self, prefix: str) -> list[str]:
        """Return the ids of the exports whose names begin so."""
        return parsing.export_ids(await self._json("/api/exports", limit_bytes=_LARGE), prefix)

    async def export_of(self, camera: str, name: str) -> str | None:
        """Return the id of a camera's export of that name, made or not yet; None where there is none."""
        found = parsing.export_id(await self._json("/api/exports", limit_bytes=_LARGE), camera, name)
        if found is None and (self._version or await self.version()) >= JOBS_SINCE:
            # One that waits in the queue is in no list but that of the jobs.
            found = parsing.export_id(await self._json("/api/jobs/export"), camera, name)
        return found

    async def case(self, name: str, *, make: bool) -> str | None:
        """Return the id of the case of that name; None where there is none, and before 0.18, which has none."""
        if (self._version or await self.version()) < JOBS_SINCE:
            return None
        cases = await self._json("/api/cases", limit_bytes=_LARGE)
        if found := parsing.case_id(cases, name):
            return found
        if not make:
            return None
        made = await self.connection.ask_json(
            "POST", "/api/cases", limit_s=_LONG_S, limit_bytes=_SMALL, body={"name": name}
        )
        return parsing.case_id([made], name)

    async def remove_case(self, case: str) -> None:
        """Remove a case once no export is in it; one that is not there is fine."""
        rows = await self._json("/api/exports", limit_bytes=_LARGE)
        if parsing.in_case(rows, case):
            return
        try:
            await self._change("DELETE", f"/api/cases/{case}")
        except FrigateError as error:
            if error.code != "not_found":
                raise

    async def remove_export(self, export_id: str) -> None:
        """Remove an export; one that is not there is fine. Raises "bad_request" while it is being made."""
        version = self._version or await self.version()
        try:
            if version >= JOBS_SINCE:
                if await self._job(export_id) in _WAITING:
                    raise FrigateError("bad_request", "the export is being made")
                await self._change("POST", "/api/exports/delete", {"ids": [export_id]})
            else:
                await self._change("DELETE", f"/api/export/{export_id}")
        except FrigateError as error:
            if error.code != "not_found":
                raise

    async def _change(self, method: str, path: str, body: object = None) -> None:
        await self.connection.ask(method, path, limit_s=_LONG_S, limit_bytes=_SMALL, body=body)

    async def _job(self, export_id: str) -> str | None:
        try:
            job = await self._json(f"/api/jobs/export/{export_id}")
        except FrigateError as error:
            if error.code == "not_found":
                return None
            raise
        status = job.get("status") if isinstance(job, dict) else None
        return status if isinstance(status, str) else None

    async def set_config(self, changes: Mapping[str, str]) -> None:
        """Write settings into its file, as a restart will use them; raises "bad_request" when it refuses them."""
        answer = await self.connection.ask_json(
            "PUT",
            "/api/config/set",
            changes,
            limit_s=_LONG_S,
            limit_bytes=_SMALL,
            body={"requires_restart": 1},
        )
        if not isinstance(answer, dict) or answer.get("success") is not True:
            raise FrigateError("bad_request", "it did not take the settings")

    async def restart(self) -> None:
        """Have it begin anew; it may end before it has answered."""
        try:
            await self.connection.ask("POST", "/api/restart", limit_s=_SHORT_S, limit_bytes=_SMALL)
        except FrigateError as error:
            if error.code not in {"unreachable", "bad_answer", "timeout"}:
                raise

    async def _json(
        self,
        path: str,
        params: dict[str, str] | None = None,
        *,
        limit_s: float = _SHORT_S,
        limit_bytes: int = _SMALL,
    ) -> object:
        return await self.connection.ask_json("GET", path, params, limit_s=limit_s, limit_bytes=limit_bytes)


def _known(camera: str) -> str:
    """Return a camera's name as it may stand in a path."""
    if not _ID.fullmatch(camera):
        raise FrigateError("bad_request", "that is no camera's name")
    return camera
