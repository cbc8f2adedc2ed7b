"""The routes of long tasks, and of what proves the archive at once: proof and challenges."""

import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from ...errors import RequestError
from ...evidence.challenge import Moment, find
from ...evidence.jobs import Task
from ...evidence.verify import Outside
from ...evidence.volumes import verify_volumes
from ...fields import Fields
from ...ledger.chain import Json
from ..store.days import zone
from . import answers
from .packs import start_pack

if TYPE_CHECKING:
    from ...engine import Engine

STORE_JOBS = ("rebuild", "recheck")
_DEPTHS = ("quick", "sample", "full")
_MOST_DAYS = 400


class JobRoutes:
    """Begins, watches and ends long tasks."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine's archive."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/v1/jobs", self.start),
            web.get("/v1/jobs", self.jobs),
            web.get("/v1/jobs/{job:[0-9a-f]{1,32}}", self.job),
            web.delete("/v1/jobs/{job:[0-9a-f]{1,32}}", self.cancel),
            web.post("/v1/challenge", self.challenge),
            web.get("/v1/proof", self.proof),
        ]

    async def start(self, request: web.Request) -> web.Response:
        """Begin a long task."""
        fields = Fields(await answers.body(request))
        kind = fields.choice("kind", (*STORE_JOBS, "verify", "pack"))
        if kind == "pack":
            job_id = await start_pack(self._engine, fields)
        elif kind == "verify":
            depth = fields.choice("depth", _DEPTHS, "quick")
            outside = Outside(
                head=fields.optional_text("head", 80, least=20), number=fields.optional_integer("n", 1, 1 << 53),
                fingerprint=fields.optional_text("fingerprint", 64, least=64),
            )  # fmt: skip
            fields.done()
            job_id = self._engine.jobs.start("verify", lambda task: self._verify(task, depth, outside))
        else:
            fields.done()
            job_id = await self._engine.ask(self._engine.store.start_job, kind)
        return web.json_response({"id": job_id}, status=202)

    async def jobs(self, _request: web.Request) -> web.Response:
        """List the long tasks: exports, packs, verifying."""
        return web.json_response(self._engine.jobs.told())

    async def job(self, request: web.Request) -> web.Response:
        """Say how a long task is."""
        job_id = request.match_info["job"]
        try:
            view = self._engine.jobs.get(job_id).view()
        except RequestError:
            found = dict(await self._engine.ask(self._engine.store.job, job_id))
            done, total = found.get("done"), found.get("total")
            share = done / total if isinstance(done, int) and isinstance(total, int) and total else None
            names = ("added", "adopted", "foreign", "damaged", "missing")
            view = {
                **{name: found.get(name) for name in ("kind", "state", "detail")}, "progress": share, "error": None,
                "result": {name: found.get(name) for name in names},
            }  # fmt: skip
        error = view.get("error")
        detail = error.get("text", "") if isinstance(error, dict) else ""
        return web.json_response({"id": job_id, "detail": detail, **view, "done": view["progress"]})

    async def cancel(self, request: web.Request) -> web.Response:
        """End a long task; what it was making goes."""
        self._engine.jobs.cancel(request.match_info["job"])
        return web.json_response({})

    async def challenge(self, request: web.Request) -> web.Response:
        """Show that a moment of a camera can be found, read and decoded, and write down that it could."""
        fields = Fields(await answers.body(request))
        camera = fields.text("camera", 32, least=32)
        at_us = fields.integer("at_us", 0, answers.MAX_US)
        by = fields.text("by", 64, "")
        fields.done()
        await self._engine.known(camera)
        started = time.perf_counter()
        played, moment = await self._played(camera, at_us)
        ms = round((time.perf_counter() - started) * 1000)
        data: dict[str, Json] = {"camera": camera, "at": at_us, "played": played, "ms": ms, "by": by}
        await self._engine.ask(self._record, "challenge", data)
        place = {"run": None, "rel": None} if moment is None else {"run": moment.run, "rel": moment.rel}
        return web.json_response({"played": played, "ms": ms, **place})

    async def _played(self, camera: str, at_us: int) -> tuple[bool, Moment | None]:
        elsewhere = self._engine.servers.footage(camera)
        try:
            if elsewhere is not None:
                return bool(await elsewhere.still(at_us, 0)), None
            moment = await self._engine.ask(find, self._engine.store, camera, at_us)
            if moment is not None:
                await self._engine.decode.still(moment.init, moment.media, 16)
        except RequestError as error:
            if error.code in {"decoder_failed", "unavailable"}:
                raise  # that says nothing about the footage
            return False, None
        return moment is not None, moment

    async def proof(self, request: web.Request) -> web.Response:
        """Say what the files on the disk prove of the last days."""
        days = answers.number(request, "days", 30, _MOST_DAYS)
        if days < 1:
            raise RequestError("out_of_range", f"must be 1 to {_MOST_DAYS}", "days")
        return web.json_response(await self._engine.ask(self._prove, days))

    # -- in threads ---------------------------------------------------------------------------

    def _prove(self, days: int) -> dict[str, Any]:
        engine = self._engine
        with engine.store.using_all() as volumes:
            found = engine.prover.prove(volumes, zone(engine.config.time_zone or "UTC"), days)
        checked_us = engine.store.utc_us()
        return {"cameras": {uid: proof.view() for uid, proof in found.items()}, "checked_us": checked_us}

    def _verify(self, task: Task, depth: Any, outside: Outside) -> dict[str, object]:
        engine = self._engine
        with engine.store.using_all() as volumes:
            result = verify_volumes(task, volumes, depth, outside)
            counts: Any = result["counts"]
            data: dict[str, Json] = {
                "kind": depth, "files": int(str(result["files"])), "bytes": int(str(result["bytes"])),
                "bad": counts["bad"] + counts["injected"], "missing": counts["missing"],
            }  # fmt: skip
            volumes.archives[0].record([("verify", data)])
        engine.events.emit("verified", None, {**data, "ok": result["ok"], "injected": counts["injected"]})
        return result

    def _record(self, kind: str, data: dict[str, Json]) -> None:
        with self._engine.store.using() as archive:
            archive.record([(kind, data)])
