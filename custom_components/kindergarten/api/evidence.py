"""Hands the files of exports and inspection packs to administrators."""

from http import HTTPStatus
from pathlib import PurePosixPath
import re
from typing import TYPE_CHECKING, Final, get_args
from urllib.parse import quote

from aiohttp import hdrs, web
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.http import KEY_HASS

from ..archive.evidence import EvidenceKind
from ..archive.protocol import Archive, ArchiveRefused, ArchiveUnavailable, Media
from ..const import DOMAIN
from .unseen import UnseenView

if TYPE_CHECKING:
    from ..coordinator import KindergartenConfigEntry

URL: Final = "/api/kindergarten/evidence"

_KINDS: Final[tuple[EvidenceKind, ...]] = get_args(EvidenceKind.__value__)
_ID: Final = re.compile(r"[0-9a-zA-Z-]{1,64}")
_RANGE: Final = re.compile(r"bytes=(\d+-\d*|-\d+)")
_TYPES: Final = {
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
}
_HEADERS: Final[dict[str, str]] = {
    hdrs.CACHE_CONTROL: "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # The verifier is a page: it is for saving, and may do nothing in Home Assistant's own place.
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
_KEPT: Final[tuple[str, ...]] = (hdrs.CONTENT_LENGTH, hdrs.CONTENT_RANGE)


class EvidenceView(UnseenView):
    """Serves what the archive itself lists, and nothing else."""

    url = f"{URL}/{{kind}}/{{evidence_id}}/{{name:.+}}"
    name = "api:kindergarten:evidence"

    async def get(self, request: web.Request, kind: str, evidence_id: str, name: str) -> web.StreamResponse:
        """Serve one file, whole or in part, for saving."""
        user = request[KEY_HASS_USER]
        if not user.is_active or not user.is_admin:
            raise Unauthorized
        entries = request.app[KEY_HASS].config_entries.async_loaded_entries(DOMAIN)
        entry: KindergartenConfigEntry | None = next(iter(entries), None)
        wanted = next((each for each in _KINDS if each == kind), None)
        if entry is None or wanted is None or not _ID.fullmatch(evidence_id):
            return _not_found()
        archive = entry.runtime_data.archive
        asked = request.headers.get(hdrs.RANGE, "")
        byte_range = asked if _RANGE.fullmatch(asked) else None
        try:
            if name not in await _listed(archive, wanted, evidence_id):
                return _not_found()
            async with archive.open_evidence(wanted, evidence_id, name, byte_range) as media:
                return await _pass_on(request, media, name)
        except ArchiveRefused:
            return _not_found()
        except ArchiveUnavailable:
            return web.Response(
                status=HTTPStatus.SERVICE_UNAVAILABLE, headers={**_HEADERS, hdrs.RETRY_AFTER: "5"}
            )


async def _listed(archive: Archive, kind: EvidenceKind, evidence_id: str) -> set[str]:
    if kind == "exports":
        return {file.name for file in (await archive.export(evidence_id)).files}
    return {file.name for pack in await archive.packs() if pack.id == evidence_id for file in pack.files}


async def _pass_on(request: web.Request, media: Media, name: str) -> web.StreamResponse:
    if media.status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        return _not_found()
    path = PurePosixPath(name)
    response = web.StreamResponse(
        status=media.status,
        headers={
            **_HEADERS,
            **{key: media.headers[key] for key in _KEPT if key in media.headers},
            hdrs.ACCEPT_RANGES: "bytes",
            hdrs.CONTENT_TYPE: _TYPES.get(path.suffix, "application/octet-stream"),
            hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{quote(path.name, safe='')}",
        },
    )
    await response.prepare(request)
    try:
        async for chunk in media.chunks():
            await response.write(chunk)
    except ArchiveUnavailable:
        # The head is out: only a torn connection tells that this is not all.
        if request.transport is not None:
            request.transport.close()
        return response
    await response.write_eof()
    return response


def _not_found() -> web.Response:
    """Return what Home Assistant itself says of an address that it does not know."""
    return web.Response(status=HTTPStatus.NOT_FOUND, text="404: Not Found")
