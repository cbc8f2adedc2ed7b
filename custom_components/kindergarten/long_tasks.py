"""What takes the recorder a while: exports, packs, verifying. Whoever stops waiting, cancels."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, ServiceResponse
from homeassistant.exceptions import HomeAssistantError

from .api.evidence import URL
from .archive.evidence import (
    DONE,
    RUNNING,
    EvidenceFile,
    EvidenceKind,
    Export,
    VerifyDepth,
    WantedExport,
    WantedPack,
)
from .archive.models import Failure
from .archive.protocol import ArchiveRefused, ArchiveUnavailable, Job
from .const import DOMAIN
from .coordinator import KindergartenConfigEntry
from .snapshot import damage_of

POLL_S: Final = 0.5
LINK: Final = timedelta(hours=1)


async def async_export(
    hass: HomeAssistant, entry: KindergartenConfigEntry, wanted: WantedExport
) -> ServiceResponse:
    """Export footage and return where it can be fetched; raises what `Archive` raises."""
    archive = entry.runtime_data.archive
    export_id = await archive.start_export(wanted)
    found = await _wait(
        lambda: archive.export(export_id), lambda: archive.remove_evidence("exports", export_id)
    )
    return {
        "export": export_id,
        "bytes": sum(file.bytes for file in found.files),
        "files": _links(hass, "exports", export_id, found.files),
    }


async def async_pack(
    hass: HomeAssistant, entry: KindergartenConfigEntry, wanted: WantedPack
) -> ServiceResponse:
    """Make an inspection pack and return where it can be fetched; raises what `Archive` raises."""
    archive = entry.runtime_data.archive
    job_id = await archive.start_pack(wanted)
    job = await _wait(lambda: archive.job(job_id), lambda: archive.cancel_job(job_id))
    pack_id = str((job.result or {}).get("id", job_id))
    files = next((pack.files for pack in await archive.packs() if pack.id == pack_id), ())
    return {"pack": pack_id, "files": _links(hass, "packs", pack_id, files)}


async def async_verify(
    hass: HomeAssistant, entry: KindergartenConfigEntry, depth: VerifyDepth
) -> ServiceResponse:
    """Look for damage, remember what was found and return it; raises what `Archive` raises."""
    data = entry.runtime_data
    job_id = await data.archive.start_verify(depth)
    job = await _wait(lambda: data.archive.job(job_id), lambda: data.archive.cancel_job(job_id))
    result = job.result or {}
    damage = damage_of(result)
    data.coordinator.async_found(damage)
    return {
        "files": _count(result.get("files")),
        "bytes": _count(result.get("bytes")),
        "bad": damage.bad,
        "missing": damage.missing,
    }


async def _wait[T: (Export, Job)](
    look: Callable[[], Awaitable[T]], cancel: Callable[[], Awaitable[None]]
) -> T:
    """Return a task that is done; a failed or cancelled one is an error."""
    try:
        while (found := await look()).state == RUNNING:
            await asyncio.sleep(POLL_S)
    except asyncio.CancelledError:
        with suppress(ArchiveUnavailable, ArchiveRefused):
            await cancel()
        raise
    if found.state != DONE:
        why = found.error
        text = why.text if isinstance(why, Failure) else why or found.state
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="task_failed", translation_placeholders={"text": text}
        )
    return found


def _links(
    hass: HomeAssistant, kind: EvidenceKind, evidence_id: str, files: tuple[EvidenceFile, ...]
) -> list[Any]:
    """Return the files with links that are good for an hour, for whoever asked."""
    return [
        {
            "name": file.name,
            "bytes": file.bytes,
            "url": async_sign_path(hass, f"{URL}/{kind}/{evidence_id}/{quote(file.name)}", LINK),
        }
        for file in files
    ]


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
