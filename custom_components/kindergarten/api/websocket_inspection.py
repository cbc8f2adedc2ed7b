"""The inspector's pages: verdicts, any moment, packs, the log, the kiosk; for administrators alone."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote

from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
import probatio

from ..archive.evidence import EvidenceFile, EvidenceKind, WantedPack, WantedVerify
from ..archive.protocol import ArchiveRefused
from ..challenge import async_challenge
from ..const import (
    CONF_CAMERA_ID,
    CONF_KIND,
    CONF_LAST_INSPECTION,
    CONF_ROOM,
    SUBENTRY_CAMERA,
    SUBENTRY_ROOM,
)
from ..engine.legal.requirements import Requirement, verdict
from ..engine.report.pack import KEEP_S as PACK_KEEP_S
from ..engine.report.words import Words
from ..evidence_sensor import code_of
from ..footage import as_us, day_bounds
from ..holds import asking
from ..judgement import next_inspection, profile_of, requirements_of
from ..kiosk import KIOSK, Inspection, Kiosk
from ..long_tasks import LINK, async_pack, async_verify
from .evidence import URL
from .websocket_desk import ID, TIME_US, Command, Desk, Refused, day, register
from .websocket_footage import CAMERA, LANGUAGE, checked, known, names

LANGUAGES: Final = ("kk", "ru", "en")
MOST_DAYS: Final = 400
LOG_KINDS: Final = (
    "view",
    "request",
    "challenge",
    "inspection",
    "export",
    "hold",
    "lift",
    "pack",
    "verify",
    "discard",
)
SHOWN: Final = 200
EXPORTS: Final = 20


async def _get(desk: Desk, message: dict[str, Any]) -> object:
    """Return how everything stands by the rules; nothing is judged while the recorder is not known."""
    snapshot, law = desk.data.coordinator.data, profile_of(desk.entry)
    words, status = Words(message["language"], 0), snapshot.status
    requirements = requirements_of(desk.entry, snapshot)
    proof = snapshot.evidence.proof
    head = status.head if status else None
    return {
        "known": status is not None,
        "verdict": verdict(requirements),
        "profile": words.source(law.key),
        "profile_day": law.date.isoformat(),
        "checked_us": proof.checked_us if proof else None,
        "measured_us": status.now_us if status else None,
        "minimum_days": law.minimum_days.value,
        "head": code_of(head.code) if head else None,
        "requirements": [_requirement(desk, words, each) for each in requirements],
        "rooms": _rooms(desk, words),
        "months": law.duties.inspection_months.value,
        "last_day": desk.entry.options.get(CONF_LAST_INSPECTION) or None,
        "next_day": next_day.isoformat() if (next_day := next_inspection(desk.entry)) else None,
    }


def _requirement(desk: Desk, words: Words, each: Requirement) -> dict[str, object]:
    called = names(desk)
    rooms = [room.title for uid in each.rooms if (room := desk.entry.subentries.get(uid)) is not None]
    return {
        "id": each.id,
        "name": words(f"req_{each.id}"),
        "status": each.status,
        "value": words.value(each, each.value),
        "wanted": words.value(each, each.wanted),
        "source": words.source(each.source),
        "day": each.date.isoformat(),
        "confirmed": each.confirmed,
        "concerns": [*rooms, *(called.get(uid, uid[:8]) for uid in each.cameras)],
    }


def _rooms(desk: Desk, words: Words) -> list[dict[str, object]]:
    law = profile_of(desk.entry)
    cameras = list(desk.entry.get_subentries_of_type(SUBENTRY_CAMERA))
    told: list[dict[str, object]] = []
    for room in desk.entry.get_subentries_of_type(SUBENTRY_ROOM):
        kind = room.data[CONF_KIND]
        rule = law.room_kinds.get(kind)
        told.append(
            {
                "name": room.title,
                "kind": words(f"kind_{kind}"),
                "rule": rule.value if rule else "forbidden",
                "cameras": [
                    _camera(desk, each) for each in cameras if each.data.get(CONF_ROOM) == room.subentry_id
                ],
            }
        )
    nowhere = [each for each in cameras if each.data.get(CONF_ROOM) not in desk.entry.subentries]
    if nowhere:
        told.append(
            {"name": None, "kind": "", "rule": "", "cameras": [_camera(desk, each) for each in nowhere]}
        )
    return told


def _camera(desk: Desk, camera: ConfigSubentry) -> dict[str, object]:
    uid, snapshot = camera.data[CONF_CAMERA_ID], desk.data.coordinator.data
    status, proof = snapshot.camera(uid), snapshot.evidence.of(uid)
    return {
        "uid": uid,
        "name": camera.title,
        "recording": status.recording if status else None,
        "coverage_24h": status.coverage_24h if status else None,
        "days_proven": proof.days_proven if proof else None,
        "oldest_us": status.oldest_us if status else None,
    }


async def _last(desk: Desk, message: dict[str, Any]) -> object:
    """Remember when the last inspection was; None forgets it."""
    last: date | None = message["day"]
    if last is not None and last > desk.today:
        raise Refused("day_ahead")
    options = {name: each for name, each in desk.entry.options.items() if name != CONF_LAST_INSPECTION}
    if last is not None:
        options[CONF_LAST_INSPECTION] = last.isoformat()
    desk.hass.config_entries.async_update_entry(desk.entry, options=options)
    return {}


async def _challenge(desk: Desk, message: dict[str, Any]) -> object:
    """Return whether a moment plays, and where; the ledger says that it was asked for."""
    (camera,) = await checked(desk, [message["camera"]])
    with asking():
        return await async_challenge(
            desk.hass, desk.entry, camera, message["at_us"], by=desk.by, user_id=desk.user.id
        )


async def _pack(desk: Desk, message: dict[str, Any]) -> object:
    """Begin a pack of some local days; one with pictures and names has to be confirmed."""
    first, last = message["from_day"], message["to_day"]
    if not first <= last < first + timedelta(days=MOST_DAYS):
        raise Refused("range")
    if message["mode"] == "full" and not message["confirm"]:
        raise Refused("confirm_full_pack")
    zone = dt_util.get_default_time_zone()
    end_us = min(as_us(day_bounds(last, zone)[1]), as_us(dt_util.utcnow()))
    start_us = as_us(day_bounds(first, zone)[0])
    if start_us >= end_us:
        raise Refused("range")
    wanted = WantedPack(
        from_us=start_us,
        to_us=end_us,
        languages=tuple(dict.fromkeys(message["languages"])),
        mode=message["mode"],
        by=desk.by,
        names={CONF_NAME: desk.entry.title},
    )
    with asking():
        return await async_pack(desk.hass, desk.entry, wanted, wait=False)


async def _packs(desk: Desk, message: dict[str, Any]) -> object:
    """Return the packs with links, the newest first, and until when each stays."""
    with asking():
        packs = await desk.data.archive.packs()
    told = [
        {
            "id": pack.id,
            "made_us": pack.made_us,
            "until_us": None if pack.made_us is None else pack.made_us + PACK_KEEP_S * 1_000_000,
            "mode": pack.mode,
            "files": _links(desk, "packs", pack.id, pack.files),
        }
        for pack in packs
    ]
    return sorted(told, key=lambda each: -int(str(each["made_us"] or 0)))


async def _forget_pack(desk: Desk, message: dict[str, Any]) -> object:
    with asking():
        await desk.data.archive.remove_evidence("packs", message["pack"])
    return {}


async def _exports(desk: Desk, message: dict[str, Any]) -> object:
    """Return the last exports that still lie there, found by what the ledger says of them."""
    archive, called = desk.data.archive, await _called(desk)
    told = []
    with asking():
        for record in await archive.ledger(("export",), EXPORTS):
            with suppress(ArchiveRefused):  # it went, or was taken away
                found = await archive.export(str(record.d.get("uid", "")))
                about = _about(desk, called, record.d)
                files = _links(desk, "exports", found.id, found.files)
                told.append({"id": found.id, "made_us": record.t, **about, "files": files})
    return told


def _links(
    desk: Desk, kind: EvidenceKind, evidence_id: str, files: tuple[EvidenceFile, ...]
) -> list[dict[str, object]]:
    return [
        {
            "name": file.name,
            "bytes": file.bytes,
            "url": async_sign_path(desk.hass, f"{URL}/{kind}/{evidence_id}/{quote(file.name)}", LINK),
        }
        for file in files
    ]


async def _verify(desk: Desk, message: dict[str, Any]) -> object:
    """Begin to look for damage."""
    with asking():
        return await async_verify(desk.entry, WantedVerify(depth=message["depth"]), wait=False)


async def _log(desk: Desk, message: dict[str, Any]) -> object:
    """Return the newest records of what people did with footage."""
    called = await _called(desk)
    users = {
        desk.data.people.id_of(user.id): user.name or "" for user in await desk.hass.auth.async_get_users()
    }
    kinds = message["kinds"] or LOG_KINDS
    with asking():
        records = await desk.data.archive.ledger(kinds, SHOWN)
    status = desk.data.coordinator.data.status
    return {
        "head": code_of(status.head.code) if status and status.head else None,
        "ledger": status.ledger.state if status and status.ledger else None,
        "records": [
            {
                "n": each.n,
                "t_us": each.t,
                "kind": each.k,
                "who": users.get(str(each.d.get("by") or each.d.get("who") or "")),
                **_about(desk, called, each.d),
            }
            for each in records
        ],
    }


async def _called(desk: Desk) -> Mapping[str, str]:
    return {uid: camera.label for uid, camera in (await known(desk)).items()} | names(desk)


def _about(desk: Desk, called: Mapping[str, str], data: Mapping[str, object]) -> dict[str, object]:
    """Return what a record is about, in fields that all kinds share."""
    listed = data.get("cameras")
    uids = listed if isinstance(listed, list) else [data["camera"]] if data.get("camera") else []
    at = data.get("at")
    return {
        "cameras": [called.get(str(uid), str(uid)[:8]) for uid in uids],
        "from_us": at if at is not None else data.get("t0", data.get("from")),
        "to_us": data.get("t1", data.get("to")),
        "played": data.get("played"),
        "what": data.get("what") or data.get("state") or data.get("mode"),
        "minutes": data.get("minutes"),
        "why": data.get("why"),
        "bad": data.get("bad"),
        "missing": data.get("missing"),
    }


def _kiosk(desk: Desk) -> Kiosk:
    return desk.hass.data[KIOSK]


def _session(found: Inspection | None) -> dict[str, object]:
    return {"id": found.id if found else None, "until_us": found.until_us if found else None}


async def _begin(desk: Desk, message: dict[str, Any]) -> object:
    found = await _kiosk(desk).begin(desk.data.archive, desk.user.id, desk.by, message["minutes"])
    return _session(found)


async def _end(desk: Desk, message: dict[str, Any]) -> object:
    _kiosk(desk).end(desk.user.id, "ended")
    return {}


async def _going_on(desk: Desk, message: dict[str, Any]) -> object:
    return _session(_kiosk(desk).find(desk.user.id))


_DAY_OR_NONE: Final = probatio.Any(None, day)

COMMANDS: Final = {
    "inspection/get": Command(fields={probatio.Optional("language", default="en"): LANGUAGE}, answer=_get),
    "inspection/last": Command(fields={probatio.Required("day"): _DAY_OR_NONE}, answer=_last),
    "inspection/challenge": Command(
        fields={probatio.Required("camera"): CAMERA, probatio.Required("at_us"): TIME_US}, answer=_challenge
    ),
    "inspection/pack": Command(
        fields={
            probatio.Required("from_day"): day,
            probatio.Required("to_day"): day,
            probatio.Required("languages"): probatio.All(
                [probatio.In(LANGUAGES)], probatio.Length(min=1, max=len(LANGUAGES))
            ),
            probatio.Optional("mode", default="hand_over"): probatio.In(("hand_over", "full")),
            probatio.Optional("confirm", default=False): bool,
        },
        answer=_pack,
    ),
    "inspection/packs": Command(fields={}, answer=_packs),
    "inspection/packs/delete": Command(
        fields={probatio.Required("pack"): probatio.All(ID, probatio.Match(r"^[0-9a-zA-Z-]{1,64}$"))},
        answer=_forget_pack,
    ),
    "inspection/exports": Command(fields={}, answer=_exports),
    "inspection/verify": Command(
        fields={probatio.Required("depth"): probatio.In(("quick", "sample", "full"))}, answer=_verify
    ),
    "inspection/log": Command(
        fields={
            probatio.Optional("kinds", default=[]): probatio.All(
                [probatio.In(LOG_KINDS)], probatio.Length(max=len(LOG_KINDS))
            )
        },
        answer=_log,
    ),
    "inspection/begin": Command(
        fields={probatio.Required("minutes"): probatio.All(int, probatio.Range(min=1, max=120))},
        answer=_begin,
    ),
    "inspection/end": Command(fields={}, answer=_end),
    "inspection/session": Command(fields={}, answer=_going_on),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands about inspections."""
    hass.data[KIOSK] = Kiosk(hass)
    register(hass, COMMANDS)
