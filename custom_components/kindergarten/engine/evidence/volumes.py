"""Verifying and exporting an archive that lies on several volumes, each with a ledger and seals of its own."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..recorder.store.archive import Archive
from ..recorder.store.library import Volumes
from ..recorder.store.plan import answering
from .export import Order, Tools, export
from .folder import PART, remove
from .jobs import Task
from .opening import beside, living
from .verify import Depth, Outside, verify

_LISTS = ("bad", "missing", "injected", "open")
_SUMS = ("files", "bytes", "hashed", "hashed_bytes")
_OUTSIDE = frozenset({"head_unknown", "key_other"})


def verify_volumes(task: Task, volumes: Volumes, depth: Depth, outside: Outside) -> dict[str, object]:
    """Return what `verify` says of all volumes: ledger and key are those of the one in use, the first.

    What was found names its `volume` (a path); one that is not there leaves something open. A head or key from
    outside must be known to one of them. Raises OSError, CancelledError.
    """
    archives = volumes.archives
    found: list[dict[str, Any]] = []
    for number, archive in enumerate(archives):
        part = task.part(number / len(archives), 1 / len(archives))
        found.append(verify(part, beside(archive).reading, depth, living(archive), outside))
    return merge(found, [archive.volume.path for archive in archives], volumes.absent)


def merge(
    found: Sequence[dict[str, Any]], paths: Sequence[str], absent: Sequence[str] = ()
) -> dict[str, object]:
    """Return as one what `verify` said of the volumes at `paths`; changes what it is given."""
    for told, path in zip(found, paths, strict=True):
        for each in (each for name in _LISTS for each in told[name]):
            each["volume"] = path
    _forgive(found)
    merged: dict[str, Any] = dict(found[0])
    for name in _SUMS:
        merged[name] = sum(each[name] for each in found)
    for name in _LISTS:
        merged[name] = [each for told in found for each in told[name]]
    merged["counts"] = {name: sum(each["counts"][name] for each in found) for name in _LISTS}
    merged["seals"] = {name: sum(each["seals"][name] for each in found) for name in ("days", "files")}
    for path in absent:
        merged["open"].append(_absent(path))
        merged["counts"]["open"] += 1
    merged["ok"] = all(each["ok"] for each in found)
    merged["volumes"] = [
        {
            "path": path,
            **{name: told[name] for name in ("ok", "counts", "ledger", "signed_to")},
        }
        for path, told in zip(paths, found, strict=True)
    ]
    return merged


def _absent(path: str) -> dict[str, Any]:
    text = f"the volume {path} is not there: what is on it was not looked at"
    return {
        "what": "volume_missing",
        "text": text,
        "path": None,
        "camera": None,
        "hour": None,
        "volume": path,
    }


def _forgive(found: Sequence[dict[str, Any]]) -> None:
    """Take back that a volume does not know what came from outside where another one does."""
    for code in _OUTSIDE:
        strangers = [told for told in found if any(each["what"] == code for each in told["bad"])]
        if 0 < len(strangers) < len(found):
            for told in strangers:
                told["bad"] = [each for each in told["bad"] if each["what"] != code]
                told["counts"]["bad"] -= 1
                told["ok"] = not any(told["counts"][name] for name in ("bad", "missing", "injected"))


def export_volumes(
    task: Task, volumes: Volumes, order: Order, tools: Tools, parent: str
) -> dict[str, object]:
    """Write an export as `export` does; footage of several volumes makes a folder with one export for each.

    Each has ledger, seals and manifest of its volume, and shows holes only of the time for which that answers.
    """
    parts = [
        (archive, t0, t1)
        for archive, t0, t1 in _stretches(volumes.archives, order)
        if any(beside(archive).files(camera, t0, t1) for camera in order.cameras)
    ]
    kept = [camera for camera in order.cameras if camera in tools.keepers]
    if len(parts) < 2 and not (parts and kept and parts[0][0] is not volumes.archives[0]):
        only = parts[0][0] if parts else volumes.archives[0]
        return export(task, beside(only), order, tools, parent)
    orders = [
        (archive, replace(order, t0=t0, t1=t1, cameras=_having(archive, order, kept)), replace(tools, keepers={}))
        for archive, t0, t1 in parts
    ]  # fmt: skip
    if kept:  # what somebody else keeps knows nothing of our volumes
        orders.append((volumes.archives[0], replace(order, cameras=kept), tools))
    fs = volumes.archives[0].env.fs
    folder = f"{parent}/{order.uid}"
    remove(fs, folder + PART)
    fs.make_folder(folder + PART)
    found: list[dict[str, Any]] = []
    try:
        for number, (archive, wanted, means) in enumerate(orders):
            mine = replace(wanted, uid=f"{order.uid}-{number + 1}")
            part = task.part(number / len(orders), 1 / len(orders))
            found.append(dict(export(part, beside(archive), mine, means, folder + PART)))
        fs.rename(folder + PART, folder)
        fs.sync_folder(parent)
    except BaseException:
        with suppress(OSError):
            remove(fs, folder + PART)
        raise
    files = [{**file, "name": f"{told['id']}/{file['name']}"} for told in found for file in told["files"]]
    return {
        "id": order.uid, "folder": folder, "files": files, "bytes": sum(told["bytes"] for told in found),
        "signed": all(told["signed"] for told in found), "holes": [hole for told in found for hole in told["holes"]],
        "manifest": found[-1]["manifest"], "parts": [told["id"] for told in found],
    }  # fmt: skip


def _having(archive: Archive, order: Order, kept: Sequence[str]) -> list[str]:
    """Return the cameras without those that somebody else keeps and that a volume has nothing of."""
    files = beside(archive).files
    return [each for each in order.cameras if each not in kept or files(each, order.t0, order.t1)]


def _stretches(archives: Sequence[Archive], order: Order) -> list[tuple[Archive, int, int]]:
    """Return what of the wanted time each archive answers for, in time order; the edges are the wanted ones."""
    found: dict[str, tuple[Archive, int, int]] = {}
    for camera in order.cameras:
        for archive, begin, end in answering(archives, camera):
            _, t0, t1 = found.get(archive.archive_id, (archive, begin, end))
            found[archive.archive_id] = archive, min(t0, begin), max(t1, end)
    ranges = sorted(found.values(), key=lambda each: each[1:])
    last = len(ranges) - 1
    stretches = [
        (
            archive,
            max(begin, order.t0) if number else order.t0,
            min(end, order.t1) if number < last else order.t1,
        )
        for number, (archive, begin, end) in enumerate(ranges)
    ]
    return [each for each in stretches if each[1] < each[2]]
