"""The actions: holds, exports, inspection packs, verifying, challenges, blueprints.

Only administrators may call them. An automation, which is nobody, may make holds and nothing else.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.const import CONF_NAME
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.util import dt as dt_util
import probatio

from .administrators import async_require_administrator
from .archive.evidence import WantedExport, WantedHold, WantedPack, WantedVerify
from .archive.protocol import as_utc
from .automations import LANGUAGES as BLUEPRINT_LANGUAGES, async_install, language_of
from .challenge import async_challenge
from .const import DOMAIN
from .coordinator import KindergartenConfigEntry
from .footage import as_us
from .holds import asking
from .long_tasks import (
    async_cancel_task,
    async_export,
    async_list_tasks,
    async_pack,
    async_verify,
)

ATTR_CAMERAS: Final = "cameras"
ATTR_CAMERA: Final = "camera"
ATTR_START: Final = "start"
ATTR_END: Final = "end"
ATTR_UNTIL: Final = "until"
ATTR_REASON: Final = "reason"
ATTR_HOLD: Final = "hold"
ATTR_PURPOSE: Final = "purpose"
ATTR_RECIPIENT: Final = "recipient"
ATTR_EXACT: Final = "exact"
ATTR_LANGUAGES: Final = "languages"
ATTR_MODE: Final = "mode"
ATTR_CONFIRM: Final = "confirm"
ATTR_DEPTH: Final = "depth"
ATTR_HEAD: Final = "head"
ATTR_KEY: Final = "key"
ATTR_AT: Final = "at"
ATTR_WAIT: Final = "wait"
ATTR_TASK: Final = "task"
ATTR_LANGUAGE: Final = "language"
ATTR_OVERWRITE: Final = "overwrite"

LANGUAGES: Final = ("kk", "ru", "en")
PACK_DAYS: Final = 30


def _joined(text: str) -> str:
    """Return digits and letters without the spaces that help people to compare them."""
    return "".join(text.split()).lower()


_UID: Final = cv.matches_regex(r"^[0-9a-zA-Z-]{1,64}$")
_TEXT: Final = probatio.All(cv.string, probatio.Length(min=1, max=500))
_HEAD: Final = probatio.All(
    cv.string, _joined, cv.matches_regex(r"^(([0-9]{1,15}:)?[0-9a-f]{64}|([0-9]{1,15}:)?[0-9]{20})$")
)
_KEY: Final = probatio.All(cv.string, _joined, cv.matches_regex(r"^[0-9a-f]{64}$"))
_CAMERA: Final = probatio.Any(cv.matches_regex(r"^[0-9a-f]{32}$"), cv.entity_id)
"""One of our entities; or the id in the archive, for cameras of which there is only footage left."""
_CAMERAS: Final = probatio.All(cv.ensure_list_csv, probatio.Length(min=1, max=128), [_CAMERA])
_WAIT: Final[dict[probatio.Marker, Any]] = {probatio.Optional(ATTR_WAIT, default=True): cv.boolean}
_RANGE: Final[dict[probatio.Marker, Any]] = {
    probatio.Required(ATTR_START): cv.datetime,
    probatio.Required(ATTR_END): cv.datetime,
}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody who may do what they ask for."""

    entry: KindergartenConfigEntry
    by: str
    automation: bool


type Action = Callable[[HomeAssistant, ServiceCall, Caller], Awaitable[ServiceResponse]]


async def _async_hold(hass: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    start_us, end_us = _range(call)
    until: datetime | None = call.data.get(ATTR_UNTIL)
    with asking():
        cameras = await _cameras(hass, caller.entry, call.data[ATTR_CAMERAS])
        uid = await caller.entry.runtime_data.archive.hold(
            WantedHold(
                cameras=cameras,
                t0_us=start_us,
                t1_us=end_us,
                until_us=None if until is None else as_us(dt_util.as_utc(until)),
                reason=call.data[ATTR_REASON],
                by=caller.by,
                automation=caller.automation,
                incident=False,
            )
        )
    return {ATTR_HOLD: uid}


async def _async_list_holds(_: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    with asking():
        holds = await caller.entry.runtime_data.archive.holds()
    return {
        "holds": [
            {
                ATTR_HOLD: hold.uid,
                "state": hold.state,
                ATTR_CAMERAS: len(hold.cameras),
                ATTR_START: _moment(hold.t0_us),
                ATTR_END: _moment(hold.t1_us),
                ATTR_UNTIL: _moment(hold.until_us),
                "not_before": _moment(hold.not_before_us),
                "bytes": hold.bytes,
            }
            for hold in holds
        ]
    }


async def _async_ask_lift(_: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    data = caller.entry.runtime_data
    administrators = await data.people.administrators()
    with asking():
        found = await data.archive.ask_lift(call.data[ATTR_HOLD], caller.by, administrators)
    return {
        "state": found.state,
        "not_before": _moment(found.not_before_us),
        "second_needed": found.second_needed,
        "approved": found.approved,
    }


async def _async_cancel_lift(_: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    with asking():
        found = await caller.entry.runtime_data.archive.cancel_lift(call.data[ATTR_HOLD], caller.by)
    return {"state": found.state}


async def _async_export(hass: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    start_us, end_us = _range(call)
    with asking():
        wanted = WantedExport(
            cameras=await _cameras(hass, caller.entry, call.data[ATTR_CAMERAS]),
            t0_us=start_us,
            t1_us=end_us,
            purpose=call.data[ATTR_PURPOSE],
            recipient=call.data[ATTR_RECIPIENT],
            by=caller.by,
            exact=call.data[ATTR_EXACT],
        )
        return await async_export(hass, caller.entry, wanted, wait=call.data[ATTR_WAIT])


async def _async_pack(hass: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    mode = call.data[ATTR_MODE]
    if mode == "full" and not call.data[ATTR_CONFIRM]:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="confirm_full_pack")
    today = dt_util.start_of_local_day()
    end: datetime = call.data.get(ATTR_END) or today
    start: datetime = call.data.get(ATTR_START) or end - timedelta(days=PACK_DAYS)
    start_us, end_us = _ordered(start, end)
    entry = caller.entry
    wanted = WantedPack(
        from_us=start_us,
        to_us=end_us,
        languages=tuple(dict.fromkeys(call.data[ATTR_LANGUAGES])),
        mode=mode,
        by=caller.by,
        names={CONF_NAME: entry.title},
    )
    with asking():
        return await async_pack(hass, entry, wanted, wait=call.data[ATTR_WAIT])


async def _async_verify(_: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    number, _colon, head = call.data.get(ATTR_HEAD, "").rpartition(":")
    wanted = WantedVerify(
        depth=call.data[ATTR_DEPTH],
        head=head or None,
        n=int(number) if number else None,
        fingerprint=call.data.get(ATTR_KEY),
    )
    with asking():
        return await async_verify(caller.entry, wanted, wait=call.data[ATTR_WAIT])


async def _async_list_tasks(hass: HomeAssistant, _: ServiceCall, caller: Caller) -> ServiceResponse:
    with asking():
        return await async_list_tasks(hass, caller.entry)


async def _async_cancel_task(_: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    with asking():
        return await async_cancel_task(caller.entry, call.data[ATTR_TASK])


async def _async_challenge(hass: HomeAssistant, call: ServiceCall, caller: Caller) -> ServiceResponse:
    at_us = as_us(dt_util.as_utc(call.data[ATTR_AT]))
    with asking():
        (camera,) = await _cameras(hass, caller.entry, [call.data[ATTR_CAMERA]])
        return await async_challenge(
            hass, caller.entry, camera, at_us, by=caller.by, user_id=call.context.user_id
        )


async def _async_install_blueprints(hass: HomeAssistant, call: ServiceCall, _: Caller) -> ServiceResponse:
    language = call.data.get(ATTR_LANGUAGE) or language_of(hass)
    done = await async_install(hass, language, overwrite=call.data[ATTR_OVERWRITE])
    return {did: list(files) for did, files in asdict(done).items()}


@dataclass(frozen=True, kw_only=True)
class Description:
    """An action as it is registered; `automations` is whether nobody may call it."""

    run: Action
    schema: dict[probatio.Marker, Any]
    response: SupportsResponse = SupportsResponse.OPTIONAL
    automations: bool = False


ACTIONS: Final = {
    "hold": Description(
        run=_async_hold,
        automations=True,
        schema={
            probatio.Required(ATTR_CAMERAS): _CAMERAS,
            **_RANGE,
            probatio.Required(ATTR_REASON): _TEXT,
            probatio.Optional(ATTR_UNTIL): cv.datetime,
        },
    ),
    "list_holds": Description(run=_async_list_holds, schema={}, response=SupportsResponse.ONLY),
    "ask_lift": Description(run=_async_ask_lift, schema={probatio.Required(ATTR_HOLD): _UID}),
    "cancel_lift": Description(run=_async_cancel_lift, schema={probatio.Required(ATTR_HOLD): _UID}),
    "export": Description(
        run=_async_export,
        response=SupportsResponse.ONLY,
        schema={
            probatio.Required(ATTR_CAMERAS): _CAMERAS,
            **_RANGE,
            probatio.Required(ATTR_PURPOSE): _TEXT,
            probatio.Required(ATTR_RECIPIENT): _TEXT,
            probatio.Optional(ATTR_EXACT, default=False): cv.boolean,
            **_WAIT,
        },
    ),
    "create_inspection_pack": Description(
        run=_async_pack,
        response=SupportsResponse.ONLY,
        schema={
            probatio.Optional(ATTR_START): cv.datetime,
            probatio.Optional(ATTR_END): cv.datetime,
            probatio.Optional(ATTR_LANGUAGES, default=list(LANGUAGES)): probatio.All(
                cv.ensure_list, probatio.Length(min=1), [probatio.In(LANGUAGES)]
            ),
            probatio.Optional(ATTR_MODE, default="hand_over"): probatio.In(("hand_over", "full")),
            probatio.Optional(ATTR_CONFIRM, default=False): cv.boolean,
            **_WAIT,
        },
    ),
    "verify_archive": Description(
        run=_async_verify,
        schema={
            probatio.Optional(ATTR_DEPTH, default="quick"): probatio.In(("quick", "sample", "full")),
            probatio.Optional(ATTR_HEAD): _HEAD,
            probatio.Optional(ATTR_KEY): _KEY,
            **_WAIT,
        },
    ),
    "list_tasks": Description(run=_async_list_tasks, schema={}, response=SupportsResponse.ONLY),
    "cancel_task": Description(run=_async_cancel_task, schema={probatio.Required(ATTR_TASK): _UID}),
    "challenge": Description(
        run=_async_challenge,
        schema={probatio.Required(ATTR_CAMERA): _CAMERA, probatio.Required(ATTR_AT): cv.datetime},
    ),
    "install_blueprints": Description(
        run=_async_install_blueprints,
        schema={
            probatio.Optional(ATTR_LANGUAGE): probatio.In(BLUEPRINT_LANGUAGES),
            probatio.Optional(ATTR_OVERWRITE, default=False): cv.boolean,
        },
    ),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; while no kindergarten is loaded they say so."""
    for name, description in ACTIONS.items():
        hass.services.async_register(
            DOMAIN,
            name,
            _guarded(hass, description),
            schema=probatio.Schema(description.schema),
            supports_response=description.response,
        )


def _guarded(
    hass: HomeAssistant, description: Description
) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def run(call: ServiceCall) -> ServiceResponse:
        caller = await _caller(hass, call, automations=description.automations)
        return await description.run(hass, call, caller)

    return run


async def _caller(hass: HomeAssistant, call: ServiceCall, *, automations: bool) -> Caller:
    """Return who calls, if they may; whoever is not surely an administrator may not."""
    user_id = call.context.user_id
    if user_id is not None or not automations:
        await async_require_administrator(hass, call.context)
    entry: KindergartenConfigEntry | None
    entry = next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)
    if entry is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_loaded")
    by = entry.runtime_data.people.id_of(user_id)
    return Caller(entry=entry, by=by, automation=user_id is None)


async def _cameras(hass: HomeAssistant, entry: KindergartenConfigEntry, named: list[str]) -> tuple[str, ...]:
    """Return the ids of cameras, named by our camera entities or by themselves."""
    registry = er.async_get(hass)
    archived: set[str] = set()
    if not all("." in name for name in named):
        archived = {camera.uid for camera in await entry.runtime_data.archive.cameras()}
    found: dict[str, None] = {}
    for name in named:
        entity = registry.async_get(name)
        uid, _, key = entity.unique_id.rpartition("_") if entity else (name, "", "")
        ours = entity is not None and entity.config_entry_id == entry.entry_id and key == "camera"
        if not ours and name not in archived:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_our_camera",
                translation_placeholders={"entity": name},
            )
        found[uid] = None
    return tuple(found)


def _range(call: ServiceCall) -> tuple[int, int]:
    return _ordered(call.data[ATTR_START], call.data[ATTR_END])


def _ordered(start: datetime, end: datetime) -> tuple[int, int]:
    """Return a range in µs UTC; times without a zone are the kindergarten's own."""
    start_us, end_us = as_us(dt_util.as_utc(start)), as_us(dt_util.as_utc(end))
    if start_us >= end_us:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="range_order")
    return start_us, end_us


def _moment(time_us: int | None) -> str | None:
    return None if time_us is None else as_utc(time_us).isoformat(timespec="seconds")
