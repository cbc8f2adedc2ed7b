"""Exports by each version's own ways: at once to 0.17, queued jobs and cases from 0.18."""

import io
import time
from typing import Any
import zipfile

from aiohttp import web

from .answers import ApiError, allowed, answer, body, caller, camera, need_admin, part, said, state
from .exports import MAX_QUEUED, Exports, cuts, new_id


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.post("/api/export/{camera}/start/{start}/end/{end}", begin),
        web.get("/api/exports", rows),
        web.get("/api/exports/{id}", row),
        web.patch("/api/export/{id}/{name}", rename),
        web.delete("/api/export/{id}", delete),
        web.post("/api/exports/delete", delete_many),
        web.post("/api/exports/reassign", reassign),
        web.get("/api/jobs/export", jobs),
        web.get("/api/jobs/export/{id}", job),
        web.get("/api/cases", cases),
        web.post("/api/cases", add_case),
        web.get("/api/cases/{id}", case),
        web.patch("/api/cases/{id}", change_case),
        web.delete("/api/cases/{id}", delete_case),
        web.get("/api/cases/{id}/download", download),
    ]


async def begin(request: web.Request) -> web.Response:
    """Begin an export; that there are holes in it is not said."""
    frigate, name = state(request), camera(request)
    start, end = part(request, "start"), part(request, "end")
    given = await body(request)
    if name not in frigate.cameras:
        return said(f"{name} is not a valid camera.", 404)
    wanted_case = given.get("export_case_id") if frigate.version.jobs else None
    if wanted_case and caller(request).role != "admin":
        return said("Only admins can attach exports to an existing case.", 403)
    if wanted_case and wanted_case not in frigate.exports.cases:
        return said("Export case not found", 404)
    footage = frigate.footages[name]
    if not cuts(footage, start, end, frigate.clock.now()):
        return said("No recordings found for time range", 400)
    if frigate.version.jobs and (frigate.exports.queue_full or len(frigate.exports.jobs()) >= MAX_QUEUED):
        return said("Export queue is full. Try again once current exports finish.", 503)
    export = frigate.exports.begin(name, start, end, given.get("name"), wanted_case)
    if frigate.version.jobs:
        queued = {"success": True, "message": "Export queued.", "export_id": export.id, "status": "queued"}
        return answer(queued, 202)
    return said("Starting export of recording.", export_id=export.id)


async def rows(request: web.Request) -> web.Response:
    """Answer the exports of cameras the caller may see."""
    frigate = state(request)
    mine = allowed(request) if frigate.version.at_least(0, 17) else None
    return answer(
        [
            export.row(with_case=frigate.version.jobs)
            for export in frigate.exports.rows()
            if mine is None or export.camera in mine
        ]
    )


async def row(request: web.Request) -> web.Response:
    """Answer one export."""
    frigate = state(request)
    export = frigate.exports.row(request.match_info["id"])
    if export is None:
        return said("Export not found", 404)
    if frigate.version.at_least(0, 17) and export.camera not in allowed(request):
        raise ApiError(403, {"detail": f"Access denied to camera '{export.camera}'."})
    return answer(export.row(with_case=frigate.version.jobs))


async def rename(request: web.Request) -> web.Response:
    """Give it another name, in the path to 0.15; the file keeps its own."""
    frigate, name = state(request), request.match_info["name"]
    by_body = frigate.version.at_least(0, 16)
    if by_body and name != "rename":
        raise ApiError(404, {"detail": "Not Found"})
    need_admin(request)
    export = frigate.exports.row(request.match_info["id"])
    if export is None:
        return said("Export not found.", 404)
    export.name = str((await body(request))["name"]) if by_body else name
    return said("Successfully renamed export.")


async def delete(request: web.Request) -> web.Response:
    """Delete one, to 0.17."""
    frigate = state(request)
    if frigate.version.jobs:
        raise ApiError(404, {"detail": "Not Found"})
    need_admin(request)
    export = frigate.exports.row(request.match_info["id"])
    if export is None:
        return said("Export not found.", 404)
    if export.is_made:
        return said("Can not delete in progress export.", 400)
    frigate.exports.delete(export.id)
    return said("Successfully deleted export.")


async def delete_many(request: web.Request) -> web.Response:
    """Delete some, from 0.18 on."""
    exports = _with_jobs(request)
    need_admin(request)
    ids = (await body(request))["ids"]
    found = [exports.row(each) for each in ids]
    if not all(found):
        return said("One or more exports not found.", 404)
    if any(export.is_made for export in found if export):
        return said("Can not delete in-progress export.", 400)
    for each in ids:
        exports.delete(each)
    return said(f"Successfully deleted {len(ids)} export(s).")


async def reassign(request: web.Request) -> web.Response:
    """Put exports into another case, or none."""
    exports = _with_jobs(request)
    need_admin(request)
    given = await body(request)
    found = [exports.row(each) for each in given["ids"]]
    if not all(found):
        return said("One or more exports not found.", 404)
    for export in found:
        if export:
            export.case = given.get("export_case_id")
    return said("Successfully updated exports.")


async def jobs(request: web.Request) -> web.Response:
    """Answer the active jobs."""
    now, mine = time.monotonic(), allowed(request)
    return answer([export.job(now) for export in _with_jobs(request).jobs() if export.camera in mine])


async def job(request: web.Request) -> web.Response:
    """Answer one job; seconds after its end nothing is known of it."""
    export = _with_jobs(request).job(request.match_info["id"])
    if export is None:
        return said("Job not found", 404)
    return answer(export.job(time.monotonic()))


async def cases(request: web.Request) -> web.Response:
    """Answer all cases, newest first."""
    return answer(list(reversed(_with_jobs(request).cases.values())))


async def add_case(request: web.Request) -> web.Response:
    """Make a case."""
    exports = _with_jobs(request)
    need_admin(request)
    given, now = await body(request), state(request).clock.now()
    made: dict[str, Any] = {
        "id": new_id(),
        "name": given["name"],
        "description": given.get("description"),
        "created_at": now,
        "updated_at": now,
    }
    exports.cases[made["id"]] = made
    return answer(made)


async def case(request: web.Request) -> web.Response:
    """Answer one case."""
    return answer(_case(request))


async def change_case(request: web.Request) -> web.Response:
    """Change a case's name or description."""
    found = _case(request)
    need_admin(request)
    given = await body(request)
    found.update({key: given[key] for key in ("name", "description") if key in given})
    return said("Successfully updated export case.")


async def delete_case(request: web.Request) -> web.Response:
    """Delete a case; its exports stay unless they are to go too."""
    found, exports = _case(request), state(request).exports
    need_admin(request)
    for export in exports.rows():
        if export.case == found["id"]:
            export.case = None
            if request.query.get("delete_exports") in ("true", "1", "True"):
                exports.delete(export.id)
    del exports.cases[found["id"]]
    return said("Successfully deleted export case.")


async def download(request: web.Request) -> web.Response:
    """Answer a case's exports in a zip."""
    found = _case(request)
    films = [each for each in state(request).exports.rows() if each.case == found["id"] and each.film]
    if not films:
        return said("No exports available to download.", 404)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for each in films:
            assert each.film
            archive.writestr(f"{each.name}.mp4", b"".join(each.film.read(0, each.film.size)))
    return web.Response(body=data.getvalue(), content_type="application/zip")


def _with_jobs(request: web.Request) -> Exports:
    if not state(request).version.jobs:
        raise ApiError(404, {"detail": "Not Found"})
    return state(request).exports


def _case(request: web.Request) -> dict[str, Any]:
    found = _with_jobs(request).cases.get(request.match_info["id"])
    if found is None:
        raise ApiError(404, {"success": False, "message": "Export case not found"})
    return found
