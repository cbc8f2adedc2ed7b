"""What takes the recorder a while: exports, packs, verifying.

Whoever waits for it and stops waiting, cancels; whoever does not wait looks at the list of tasks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
import time
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
    WantedExport,
    WantedPack,
    WantedVerify,
)
from .archive.models import Failure
from .archive.protocol import ArchiveRefused, ArchiveUnavailable, Job, as_utc
from .const import DOMAIN
from .coordinator import KindergartenConfigEntry
from .snapshot import damage_of

POLL_S: Final = 0.5
TOLD_S: Final = 5.0
"""How often the sensor hears of the progress while somebody waits."""
ENDING_S: Final = 15.0
LINK: Final = timedelta(hours=1)
DAMAGE: Final = ("missing", "bad", "injected")
MOST_FOUND: Final = 50


async def async_export(
    hass: HomeAssistant, entry: KindergartenConfigEntry, wanted: WantedExport, *, wait: bool
) -> ServiceResponse:
    """Export footage and return where it can be fetched; raises what `Archive` raises."""
    archive = entry.runtime_data.archive
    export_id = await archive.start_export(wanted)
    if not wait:
        return await _begun(entry, export_id)
    found = await _wait(
        entry, lambda: archive.export(export_id), lambda: archive.remove_evidence("exports", export_id)
    )
    return {
        "export": export_id,
        "bytes": sum(file.bytes for file in found.files),
        "files": _links(hass, "exports", export_id, found.files),
    }


async def async_pack(
    hass: HomeAssistant, entry: KindergartenConfigEntry, wanted: WantedPack, *, wait: bool
) -> ServiceResponse:
    """Make an inspection pack and return where it can be fetched; raises what `Archive` raises."""
    archive = entry.runtime_data.archive
    job_id = await archive.start_pack(wanted)
    if not wait:
        return await _begun(entry, job_id)
    job = await _wait(entry, lambda: archive.job(job_id), lambda: archive.cancel_job(job_id))
    pack_id = str((job.result or {}).get("id", job_id))
    files = next((pack.files for pack in await archive.packs() if pack.id == pack_id), ())
    return {"pack": pack_id, "files": _links(hass, "packs", pack_id, files)}


async def async_verify(
    entry: KindergartenConfigEntry, wanted: WantedVerify, *, wait: bool
) -> ServiceResponse:
    """Look for damage, remember what was found and return it; raises what `Archive` raises.

    `found` names each damage by camera and hour, `open` what could not be ruled out.
    """
    data = entry.runtime_data
    job_id = await data.archive.start_verify(wanted)
    if not wait:
        return await _begun(entry, job_id)  # the engine tells what it found when it is done
    job = await _wait(entry, lambda: data.archive.job(job_id), lambda: data.archive.cancel_job(job_id))
    result = job.result or {}
    damage = damage_of(result)
    data.coordinator.async_found(damage)
    return {
        "files": _count(result.get("files")),
        "bytes": _count(result.get("bytes")),
        "bad": damage.bad,
        "missing": damage.missing,
        "found": _found(entry, result),
        "open": _open(wanted, result),
        "key": str(key) if (key := result.get("key")) else None,
        "signed_to": _count(result.get("signed_to")),
    }


def _found(entry: KindergartenConfigEntry, result: Mapping[str, object]) -> list[Any]:
    """Return the first of what is wrong: a code, the camera's name, the hour, the file."""
    known = entry.runtime_data.coordinator.data.evidence.known
    told: list[Any] = []
    for each in (each for name in DAMAGE for each in _listed(result, name)):
        camera, hour = str(each.get("camera") or ""), each.get("hour")
        told.append(
            {
                "what": each.get("what"),
                "camera": known[camera].label if camera in known else camera or None,
                "hour": as_utc(hour).isoformat(timespec="seconds") if isinstance(hour, int) else None,
                "path": each.get("path"),
            }
        )
    return told[:MOST_FOUND]


def _open(wanted: WantedVerify, result: Mapping[str, object]) -> list[Any]:
    """Return the codes of what this leaves open: without a key and a head from outside, that all was made anew."""
    missing = {"no_head_from_outside": wanted.head, "no_key_from_outside": wanted.fingerprint}
    codes = {str(each.get("what")): None for each in _listed(result, "open")}
    return [*codes, *(code for code, given in missing.items() if given is None)]


def _listed(result: Mapping[str, object], name: str) -> list[Mapping[str, Any]]:
    listed = result.get(name)
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


async def async_list_tasks(hass: HomeAssistant, entry: KindergartenConfigEntry) -> ServiceResponse:
    """Return what runs and what ended lately, with links to what was made; raises what `Archive` raises."""
    archive = entry.runtime_data.archive
    tasks, packs = await archive.tasks(), await archive.packs()
    told: list[Any] = []
    for task in tasks:
        files: tuple[EvidenceFile, ...] = ()
        kind: EvidenceKind = "packs" if task.kind == "pack" else "exports"
        if task.state == DONE and task.kind == "export":
            with suppress(ArchiveRefused):  # it was removed since
                files = (await archive.export(task.id)).files
        if task.state == DONE and task.kind == "pack":
            files = next((pack.files for pack in packs if pack.id == task.id), ())
        told.append(
            {
                "task": task.id,
                "kind": task.kind,
                "state": task.state,
                "progress_percent": round(task.progress * 100),
                "files": _links(hass, kind, task.id, files),
            }
        )
    return {"tasks": told}


async def async_cancel_task(entry: KindergartenConfigEntry, task_id: str) -> ServiceResponse:
    """End a task and return what became of it; nothing half made is left. Raises what `Archive` raises."""
    archive = entry.runtime_data.archive
    await archive.cancel_job(task_id)
    with suppress(TimeoutError):
        async with asyncio.timeout(ENDING_S):
            while (await archive.job(task_id)).state == RUNNING:
                await asyncio.sleep(POLL_S)
    await entry.runtime_data.coordinator.async_request_refresh()
    return {"task": task_id, "state": (await archive.job(task_id)).state}


async def _begun(entry: KindergartenConfigEntry, task_id: str) -> ServiceResponse:
    """Return the task that goes on alone, and have the sensor show it."""
    await entry.runtime_data.coordinator.async_request_refresh()
    return {"task": task_id}


async def _wait[T: (Export, Job)](
    entry: KindergartenConfigEntry, look: Callable[[], Awaitable[T]], cancel: Callable[[], Awaitable[None]]
) -> T:
    """Return a task that is done; a failed or cancelled one is an error."""
    coordinator = entry.runtime_data.coordinator
    told_s: float | None = None
    try:
        while (found := await look()).state == RUNNING:
            if told_s is None or time.monotonic() - told_s >= TOLD_S:
                told_s = time.monotonic()
                await coordinator.async_request_refresh()
            await asyncio.sleep(POLL_S)
    except asyncio.CancelledError:
        with suppress(ArchiveUnavailable, ArchiveRefused):
            await cancel()
        raise
    if told_s is not None:
        await coordinator.async_request_refresh()
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
