"""The ways in: links, the door at pick-up time, and the phones that are in; for administrators alone."""

import base64
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.typing import VolDictType
import probatio

from ..engine.people.people import People
from ..engine.people.records import LANGUAGES, Device, Invitation
from ..portal.invitation import link_of, message_of, poster_of
from ..portal.strips import Strip, strips
from .websocket_desk import ID, Command, Desk, Refused, register

MOST_LINKS: Final = 200
PAIRING_MINUTES: Final = 30


def _origin(desk: Desk) -> str:
    """Return where the portal is; a link to nowhere is worth nothing."""
    origin = desk.data.portal.origin
    if origin is None:
        raise Refused("portal_off")
    return origin.text


async def _invite(desk: Desk, message: dict[str, Any]) -> object:
    """Make links, told this once: the link goes one way, the code another."""
    origin = _origin(desk)
    told = []
    for guardian_id in message["guardian_ids"]:
        guardian = desk.guardian(guardian_id)
        made = await desk.data.families.do(People.invite, guardian_id)
        link = link_of(origin, made)
        told.append(
            {
                "guardian_id": guardian_id,
                "link": link,
                "code": made.code,
                "message": message_of(desk.entry.title, link, guardian.language),
                "until_us": made.until_us,
            }
        )
    return told


async def _invite_on_paper(desk: Desk, message: dict[str, Any]) -> object:
    """Return two PDFs: strips with QR codes to hand out, and the codes on a sheet of their own."""
    origin = _origin(desk)
    made: list[Strip] = []
    for guardian_id in message["guardian_ids"]:
        guardian = desk.guardian(guardian_id)
        invitation = await desk.data.families.do(People.invite, guardian_id, printed=True)
        made.append(_strip(desk, origin, guardian_id, invitation, guardian.language))
    links, codes = await desk.hass.async_add_executor_job(
        strips, desk.entry.title, made, _owner_language(desk)
    )
    return {
        "links": base64.b64encode(links).decode(),
        "codes": base64.b64encode(codes).decode(),
        "count": len(made),
    }


def _owner_language(desk: Desk) -> str:
    language = desk.hass.config.language.partition("-")[0]
    return language if language in LANGUAGES else "en"


def _strip(desk: Desk, origin: str, guardian_id: str, invitation: Invitation, language: str) -> Strip:
    snapshot = desk.snapshot
    children = ", ".join(snapshot.children[each].name for each in snapshot.children_of(guardian_id))
    return Strip(
        name=snapshot.guardians[guardian_id].name,
        children=children,
        language=language,
        link=link_of(origin, invitation),
        code=invitation.code,
        until_us=invitation.until_us,
        time_zone=desk.hass.config.time_zone,
    )


async def _invitations(desk: Desk, message: dict[str, Any]) -> object:
    return [
        {
            "id": each.id,
            "guardian_id": each.guardian_id,
            "printed": each.printed,
            "made_us": each.made_us,
            "until_us": each.until_us,
            "used_us": each.used_us,
            "device_id": each.device_id,
            "tries_left": each.tries_left,
            "state": each.state,
        }
        for each in await desk.data.families.do(People.invitations)
    ]


async def _cancel(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.cancel_invitation, message["invitation_id"])
    return {}


async def _open(desk: Desk, message: dict[str, Any]) -> object:
    origin = _origin(desk)
    until_us = await desk.data.families.do(People.open_window, desk.by, message["minutes"])
    return {"until_us": until_us, "poster": poster_of(origin)}


async def _close(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.close_window)
    return {}


async def _pending(desk: Desk, message: dict[str, Any]) -> object:
    """Return the phones at the door; the panel asks every two seconds while the door is open."""
    return {
        "until_us": desk.snapshot.window_until_us or None,
        "pending": [
            {"id": each.id, "code": each.code, "label": each.label, "since_us": each.made_us}
            for each in await desk.data.families.do(People.pending)
        ],
    }


async def _approve(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.approve, message["pairing_id"], message["guardian_id"], desk.by)
    return {}


async def _refuse(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.refuse, message["pairing_id"], desk.by)
    return {}


async def _devices(desk: Desk, message: dict[str, Any]) -> object:
    wanted = message.get("guardian_id")
    found = await desk.data.families.do(People.all_devices)
    return [_device(desk, each) for each in found if wanted in {None, each.guardian_id}]


def _device(desk: Desk, device: Device) -> dict[str, object]:
    now_us = desk.snapshot.at_least(round(desk.data.portal.now().timestamp() * 1_000_000))
    return {
        "id": device.id,
        "guardian_id": device.guardian_id,
        "label": device.label,
        "made_us": device.made_us,
        "seen_us": device.seen_us,
        "until_us": min(device.idle_us, device.until_us),
        "revoked_us": device.revoked_us,
        "alive": device.alive(now_us),
    }


async def _revoke(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.revoke_device, message["device_id"])
    return {}


async def _revoke_all(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.revoke_guardian, message["guardian_id"])
    return {}


_GUARDIANS: Final[VolDictType] = {
    probatio.Required("guardian_ids"): probatio.All([ID], probatio.Length(min=1, max=MOST_LINKS))
}

COMMANDS: Final = {
    "ways/invite": Command(fields=_GUARDIANS, answer=_invite),
    "ways/invite_on_paper": Command(fields=_GUARDIANS, answer=_invite_on_paper),
    "ways/invitations": Command(fields={}, answer=_invitations),
    "ways/cancel": Command(fields={probatio.Required("invitation_id"): ID}, answer=_cancel),
    "ways/pairing/open": Command(
        fields={
            probatio.Optional("minutes", default=PAIRING_MINUTES): probatio.All(
                int, probatio.Range(min=1, max=120)
            )
        },
        answer=_open,
    ),
    "ways/pairing/close": Command(fields={}, answer=_close),
    "ways/pairing/pending": Command(fields={}, answer=_pending),
    "ways/pairing/approve": Command(
        fields={probatio.Required("pairing_id"): ID, probatio.Required("guardian_id"): ID}, answer=_approve
    ),
    "ways/pairing/refuse": Command(fields={probatio.Required("pairing_id"): ID}, answer=_refuse),
    "devices/list": Command(fields={probatio.Optional("guardian_id"): ID}, answer=_devices),
    "devices/revoke": Command(fields={probatio.Required("device_id"): ID}, answer=_revoke),
    "devices/revoke_all": Command(fields={probatio.Required("guardian_id"): ID}, answer=_revoke_all),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands of the ways in."""
    register(hass, COMMANDS)
