"""The routes of footage and packs to be handed out: made in the background, fetched file by file."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from ...errors import RequestError
from ...evidence.export import EXPORTS, Order, Tools
from ...evidence.fetched import Keeper
from ...evidence.folder import PART, remove_parts
from ...evidence.jobs import Task
from ...evidence.proofs import Signature
from ...evidence.volumes import export_volumes
from ...fields import Fields
from ...ledger.chain import Json
from ...report import verifier
from . import answers

if TYPE_CHECKING:
    from ...engine import Engine

_ID = "{id:[0-9a-f]{1,32}}"
_PACK = "pack-"
_MOST_US = 32 * 86_400_000_000
_NO_STORE = {"Cache-Control": "no-store, private"}


class ExportRoutes:
    """Makes exports, and gives out what was made."""

    def __init__(self, engine: Engine) -> None:
        """Export from an engine's archive."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/v1/exports", self.start),
            web.get(f"/v1/exports/{_ID}", self.export),
            web.get(f"/v1/exports/{_ID}/{{name:.+}}", self.file),
            web.delete(f"/v1/exports/{_ID}", self.delete),
            web.get("/v1/packs", self.packs),
            web.get(f"/v1/packs/{_ID}/{{name:.+}}", self.pack_file),
            web.delete(f"/v1/packs/{_ID}", self.delete_pack),
        ]

    async def start(self, request: web.Request) -> web.Response:
        """Begin an export."""
        fields = Fields(await answers.body(request))
        cameras = [str(each) for each in fields.items("cameras", 128)]
        t0, t1 = (fields.integer(name, 0, answers.MAX_US) for name in ("t0_us", "t1_us"))
        purpose, recipient = fields.text("purpose", 1000), fields.text("recipient", 1000)
        by, exact = fields.text("by", 64), fields.boolean("exact", False)
        fields.done()
        if not cameras:
            raise RequestError("out_of_range", "must name a camera", "cameras")
        if not t0 < t1 <= t0 + _MOST_US:
            raise RequestError("out_of_range", "must be later than `t0_us`, by 32 days at most", "t1_us")
        for uid in cameras:
            await self._engine.known(uid)
        keepers = self._engine.servers.keepers(cameras)
        if exact and keepers:
            raise RequestError("kept_elsewhere", "a server's footage is not cut to the second", "exact")
        order = Order(
            uid=self._engine.token(8), cameras=list(dict.fromkeys(cameras)), t0=t0, t1=t1, purpose=purpose,
            recipient=recipient, by=by, exact=exact,
        )  # fmt: skip
        self._engine.jobs.start(
            "export", lambda task: self._export(task, order, keepers), rate=None, name=order.uid
        )
        return web.json_response({"id": order.uid}, status=202)

    async def export(self, request: web.Request) -> web.Response:
        """Say how an export is."""
        name = request.match_info["id"]
        try:
            task = self._engine.jobs.get(name)
        except RequestError:
            files = await self._engine.ask(self._files, name)
            view: dict[str, Any] = {"state": "done", "progress": 1.0, "files": files, "error": None}
        else:
            found: Mapping[str, Any] = task.result
            error = None if task.error is None else task.error.text
            view = {
                "state": task.state, "progress": round(task.share, 4), "files": found.get("files", []), "error": error,
                "holes": found.get("holes", []), "signed": found.get("signed"),
            }  # fmt: skip
        return web.json_response({"id": name, **view})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Return a file of an export."""
        return await self._send(request, request.match_info["id"])

    async def delete(self, request: web.Request) -> web.Response:
        """Cancel an export that is being made, or remove one."""
        name = request.match_info["id"]
        try:
            self._engine.jobs.cancel(name)
            await self._engine.ask(self._engine.jobs.wait, name, 10.0)
        except RequestError:
            await self._engine.ask(self._files, name)
        await self._engine.ask(self._remove, name)
        return web.json_response({})

    async def packs(self, _request: web.Request) -> web.Response:
        """List the inspection packs."""
        return web.json_response(await self._engine.ask(self._packs))

    async def pack_file(self, request: web.Request) -> web.StreamResponse:
        """Return a file of a pack, or the pack as one file."""
        return await self._send(request, _PACK + request.match_info["id"])

    async def delete_pack(self, request: web.Request) -> web.Response:
        """Remove a pack."""
        name = _PACK + request.match_info["id"]
        await self._engine.ask(self._files, name)
        await self._engine.ask(self._remove, name)
        return web.json_response({})

    async def _send(self, request: web.Request, folder: str) -> web.StreamResponse:
        name = request.match_info["name"]
        files = await self._engine.ask(self._files, folder)
        if not any(each["name"] == name for each in files):
            raise RequestError("not_found", "there is no such file")
        parent = await self._engine.ask(self._parent)
        path = parent / name if name == f"{folder}.zip" else parent / folder / name
        response = web.FileResponse(path, headers=_NO_STORE)
        with self._engine.expiry.fetching(folder):
            await response.prepare(request)  # sends all of it
        return response

    # -- in threads ---------------------------------------------------------------------------

    def _export(self, task: Task, order: Order, keepers: Mapping[str, Keeper]) -> dict[str, object]:
        engine = self._engine
        with engine.store.using_all() as volumes:
            archive = volumes.archives[0]

            def record(kind: str, data: dict[str, Json]) -> None:
                archive.record([(kind, data)])

            tools = Tools(
                generator=f"kindergarten {engine.version}", verifier=verifier.files(), sign=self._sign, record=record,
                rooms=self._rooms(), exact=engine.decode.exact_blocking, keepers=keepers,
            )  # fmt: skip
            remove_parts(archive.env.fs, archive.volume.at(EXPORTS), keep=_PACK)
            result = export_volumes(task, volumes, order, tools, archive.volume.at(EXPORTS))
        engine.events.emit("exported", None, {"id": order.uid, "bytes": result["bytes"]})
        return result

    def _rooms(self) -> dict[str, str]:
        """Return the name of each camera's room."""
        return {each.uid: each.room.label for each in self._engine.config.cameras if each.room is not None}

    def _sign(self, message: bytes) -> Signature | None:
        keys = self._engine.keys
        return Signature(public=keys.public(), signature=keys.sign(message))

    def _parent(self) -> Path:
        with self._engine.store.using() as archive:
            return Path(archive.volume.at(EXPORTS))

    def _files(self, folder: str) -> list[dict[str, Any]]:
        """Return the files of a finished folder; raises RequestError("not_found")."""
        parent = self._parent()
        root = parent / folder
        if not root.is_dir():
            raise RequestError("not_found", "there is no such export")
        found = [
            {"name": str(path.relative_to(root)), "bytes": path.stat().st_size}
            for path in sorted(root.rglob("*"))
            if path.is_file()
        ]
        whole = parent / f"{folder}.zip"
        return [*found, {"name": whole.name, "bytes": whole.stat().st_size}] if whole.is_file() else found

    def _remove(self, folder: str) -> None:
        with self._engine.store.using() as archive:
            if archive.env.fs.exists(archive.volume.at(f"{EXPORTS}/{folder}")):  # not one that was cancelled
                self._engine.expiry.discard(archive, folder, "asked")

    def _packs(self) -> list[dict[str, Any]]:
        packs = []
        parent = self._parent()
        for path in sorted(parent.glob(f"{_PACK}*")) if parent.is_dir() else []:
            if not path.is_dir() or path.name.endswith(PART):
                continue
            try:
                manifest = json.loads((path / "manifest.json").read_bytes())
            except OSError, ValueError:
                continue
            packs.append(
                {
                    "id": path.name.removeprefix(_PACK), "made_us": manifest.get("made"), "mode": manifest.get("mode"),
                    "files": self._files(path.name),
                }
            )  # fmt: skip
        return packs
