"""Whether a camera still sees its room: events, the problem, what may be set, and who may."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.kindergarten.archive.protocol import PictureStatus, SightEvent

from .fake_archive import BEDROOM, NOW_US, PLAYROOM, FakeArchive, camera_status, look, settle, state_of

EVENT = "event.by_the_window_picture_events"
PROBLEM = "binary_sensor.by_the_window_picture"
SWITCH = "switch.by_the_window_watch_the_picture"
BUTTON = "button.by_the_window_learn_the_picture_anew"
SECOND_US = 1_000_000


def picture(sight: str = "ok", lasted_s: int = 0, *, clock_s: int | None = None) -> PictureStatus:
    """Return what a camera sees, and for how long it has."""
    return PictureStatus(
        sight=sight,
        since_us=NOW_US - lasted_s * SECOND_US,
        learning=False,
        looked_us=NOW_US,
        clock_wrong_since_us=None if clock_s is None else NOW_US - clock_s * SECOND_US,
        time_zone_wrong=False,
    )


async def show(hass: HomeAssistant, archive: FakeArchive, seen: PictureStatus | None) -> None:
    """Let the camera by the window see so."""
    archive.show(camera_status(PLAYROOM, picture=seen), camera_status(BEDROOM, picture=picture()))
    await look(hass)


async def test_what_happens_to_a_picture_is_told_with_its_cause_and_length(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.happen("picture_covered", PLAYROOM, since_us=NOW_US - 90 * SECOND_US)
    await settle(hass)
    told = state_of(hass, EVENT).attributes
    assert (told["event_type"], told["cause"], told["seconds"]) == ("covered", None, None)
    assert told["at"] == "2026-11-18T11:06:40.000+00:00"

    span = {"start_us": NOW_US - 90 * SECOND_US, "end_us": NOW_US + 30 * SECOND_US}
    archive.happen("picture_restored", PLAYROOM, NOW_US + 31 * SECOND_US, cause="covered", **span)
    await settle(hass)
    told = state_of(hass, EVENT).attributes
    assert (told["event_type"], told["cause"], told["seconds"]) == ("restored", "covered", 120.0)


async def test_a_wrong_clock_says_whether_it_is_the_time_zone(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.happen("picture_clock_wrong", PLAYROOM, since_us=NOW_US, offset_ms=3_600_100, time_zone=True)
    await settle(hass)
    told = state_of(hass, EVENT).attributes
    assert (told["event_type"], told["cause"], told["offset_ms"]) == ("clock_wrong", "time_zone", 3_600_100)


async def test_picture_event_types_are_fixed(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    assert state_of(hass, EVENT).attributes["event_types"] == [
        "covered", "blurred", "dark", "frozen", "turned", "clock_wrong", "restored",
    ]  # fmt: skip


async def test_a_covered_lens_is_a_problem_after_the_grace_and_until_it_is_over(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    await show(hass, archive, picture())
    assert state_of(hass, PROBLEM).state == STATE_OFF
    assert state_of(hass, PROBLEM).attributes["cause"] == "none"
    await show(hass, archive, picture("covered", 100))
    assert state_of(hass, PROBLEM).state == STATE_OFF
    assert state_of(hass, PROBLEM).attributes["cause"] == "covered"
    await show(hass, archive, picture("covered", 2000))
    assert state_of(hass, PROBLEM).state == STATE_ON
    assert state_of(hass, PROBLEM).attributes["since"] == "2026-11-18T10:33:20+00:00"
    await show(hass, archive, picture("turned", 10))
    assert state_of(hass, PROBLEM).state == STATE_OFF
    await show(hass, archive, picture())
    assert state_of(hass, PROBLEM).attributes["cause"] == "none"


async def test_what_was_told_stays_a_problem_when_the_grace_grows(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    hass.config_entries.async_update_entry(
        kindergarten, options={**kindergarten.options, "grace_picture_s": 60, "grace_outside_s": 60}
    )
    await show(hass, archive, picture("dark", 61))
    assert state_of(hass, PROBLEM).state == STATE_ON
    hass.config_entries.async_update_entry(
        kindergarten, options={**kindergarten.options, "grace_picture_s": 600, "grace_outside_s": 600}
    )
    await show(hass, archive, picture("dark", 65))
    assert state_of(hass, PROBLEM).state == STATE_ON


async def test_a_lens_is_worse_than_a_clock(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    await show(hass, archive, picture(clock_s=4000))
    assert state_of(hass, PROBLEM).attributes["cause"] == "clock_wrong"
    await show(hass, archive, picture("frozen", 4000, clock_s=4000))
    assert state_of(hass, PROBLEM).attributes["cause"] == "frozen"


async def test_nothing_is_known_of_a_picture_that_nobody_watches(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    await show(hass, archive, None)
    assert state_of(hass, PROBLEM).state == STATE_UNKNOWN
    assert state_of(hass, BUTTON).state == STATE_UNAVAILABLE


async def test_nothing_is_known_of_a_picture_that_nobody_has_looked_at_yet(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    await show(hass, archive, replace(picture(), looked_us=None))
    assert state_of(hass, PROBLEM).state == STATE_UNKNOWN
    assert state_of(hass, PROBLEM).attributes["cause"] is None


async def test_an_alarm_ends_when_nobody_wants_to_hear_of_it(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_admin_user: MockUser
) -> None:
    await show(hass, archive, picture("covered", 4000))
    assert state_of(hass, PROBLEM).state == STATE_ON
    person = Context(user_id=hass_admin_user.id)
    await hass.services.async_call("switch", "turn_off", {"entity_id": SWITCH}, blocking=True, context=person)
    await show(hass, archive, None)
    assert state_of(hass, PROBLEM).state == STATE_OFF
    assert state_of(hass, PROBLEM).attributes["cause"] == "not_watched"


async def test_an_administrator_switches_watching_off_and_nothing_else_changes(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_admin_user: MockUser
) -> None:
    await show(hass, archive, picture())
    assert state_of(hass, SWITCH).state == STATE_ON
    before = {camera.uid: camera for camera in archive.configured[-1].cameras}
    assert before[PLAYROOM].watch_picture
    person = Context(user_id=hass_admin_user.id)
    await hass.services.async_call("switch", "turn_off", {"entity_id": SWITCH}, blocking=True, context=person)
    await settle(hass)
    assert state_of(hass, SWITCH).state == STATE_OFF
    after = {camera.uid: camera for camera in archive.configured[-1].cameras}
    assert after[PLAYROOM].watch_picture is False
    assert after[BEDROOM] == before[BEDROOM]
    await hass.services.async_call("switch", "turn_on", {"entity_id": SWITCH}, blocking=True, context=person)
    await settle(hass)
    assert archive.configured[-1].cameras == tuple(before.values())


@pytest.mark.parametrize(
    ("domain", "service", "entity"),
    [("switch", "turn_off", SWITCH), ("switch", "turn_on", SWITCH), ("button", "press", BUTTON)],
)
async def test_nobody_but_administrators_sets_what_is_watched(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    domain: str,
    service: str,
    entity: str,
) -> None:
    await show(hass, archive, picture())
    staff = MockUser(name="Staff", groups=[])
    staff.add_to_hass(hass)
    staff.mock_policy({"entities": True})
    configured = len(archive.configured)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            domain, service, {"entity_id": entity}, blocking=True, context=Context(user_id=staff.id)
        )
    with pytest.raises(ServiceValidationError, match="person"):
        await hass.services.async_call(domain, service, {"entity_id": entity}, blocking=True)
    assert (len(archive.configured), archive.learned) == (configured, [])


async def test_a_camera_that_was_moved_on_purpose_is_learned_anew(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_admin_user: MockUser
) -> None:
    await show(hass, archive, picture("turned", 4000))
    press: dict[str, Any] = {"blocking": True, "context": Context(user_id=hass_admin_user.id)}
    await hass.services.async_call("button", "press", {"entity_id": BUTTON}, **press)
    assert archive.learned == [PLAYROOM]
    archive.learn_refusal = "not_watched"
    with pytest.raises(ServiceValidationError, match="refused_not_watched"):
        await hass.services.async_call("button", "press", {"entity_id": BUTTON}, **press)


async def test_administrators_see_what_was_before_and_after(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    hass_ws_client: Callable[..., Any],
) -> None:
    event = f"{NOW_US:016}-covered"
    archive.sight_events[PLAYROOM] = (
        SightEvent(id=event, t_us=NOW_US, kind="covered", before_us=NOW_US - 9, after_us=NOW_US),
    )
    archive.stills[PLAYROOM, event, "before"] = b"jpeg"
    client = await hass_ws_client(hass)

    async def ask(command: str, **fields: str) -> dict[str, Any]:
        await client.send_json_auto_id({"type": f"kindergarten/{command}", **fields})
        answer: dict[str, Any] = await client.receive_json()
        return answer

    events = (await ask("sights", camera_id=PLAYROOM))["result"]
    assert [(each["id"], each["kind"]) for each in events] == [(event, "covered")]
    still = await ask("sight_still", camera_id=PLAYROOM, event_id=event, which="before")
    assert b64decode(still["result"]["jpeg"]) == b"jpeg"
    gone = await ask("sight_still", camera_id=PLAYROOM, event_id=event, which="after")
    assert gone["error"]["code"] == "refused_no_picture"
    for camera_id, event_id in (("../" * 3, event), (PLAYROOM, "../x"), ("9" * 32, event)):
        refused = await ask("sight_still", camera_id=camera_id, event_id=event_id, which="before")
        assert refused["error"]["code"] == "bad_input"


async def test_nobody_else_sees_what_was_before_and_after(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    hass_ws_client: Callable[..., Any],
    hass_read_only_access_token: str,
) -> None:
    client = await hass_ws_client(hass, hass_read_only_access_token)
    event = f"{NOW_US:016}-covered"
    for command, fields in (("sights", {}), ("sight_still", {"event_id": event, "which": "before"})):
        await client.send_json_auto_id({"type": f"kindergarten/{command}", "camera_id": PLAYROOM, **fields})
        assert (await client.receive_json())["error"]["code"] == "unauthorized"
