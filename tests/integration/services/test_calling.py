"""The actions: who may call them, what they ask of the archive, and how a no is said."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.kindergarten.services import ACTIONS

from ..fake_archive import PLAYROOM, FakeArchive
from ..texts import INTEGRATION, TEXTS
from .kit import CAMERA, act


@pytest.mark.parametrize("name", list(ACTIONS))
async def test_whoever_is_no_administrator_may_nothing(
    hass: HomeAssistant, archive: FakeArchive, hass_read_only_user: MockUser, name: str
) -> None:
    with pytest.raises(Unauthorized):
        await act(hass, name, Context(user_id=hass_read_only_user.id))
    with pytest.raises(Unauthorized):
        await act(hass, name, Context(user_id="nobody-that-we-know"))
    assert (archive.held, archive.lifts, archive.exports, archive.packed) == ([], [], [], [])


@pytest.mark.parametrize("name", [name for name in ACTIONS if name != "hold"])
async def test_automations_may_nothing_but_hold(hass: HomeAssistant, archive: FakeArchive, name: str) -> None:
    with pytest.raises(ServiceValidationError, match="needs_person|person"):
        await act(hass, name)
    assert (archive.lifts, archive.cancelled, archive.exports, archive.packed) == ([], [], [], [])


async def test_automations_may_hold(hass: HomeAssistant, archive: FakeArchive) -> None:
    assert await act(hass, "hold") == {"hold": "hold0"}
    assert (archive.held[0].automation, archive.held[0].by) == (True, "automation")


async def test_times_are_those_of_the_house(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    await act(hass, "hold", person, until="2027-01-01 00:00:00")

    (hold,) = archive.held
    assert hold.cameras == (PLAYROOM,)
    assert (hold.t0_us, hold.t1_us) == (1_794_978_000_000_000, 1_794_981_600_000_000)
    assert hold.until_us == 1_798_743_600_000_000
    assert (hold.automation, hold.incident, hold.reason) == (False, False, "a fall")


@pytest.mark.parametrize("name", ["hold", "export"])
async def test_range_that_ends_before_it_begins_is_refused(
    hass: HomeAssistant, person: Context, name: str
) -> None:
    with pytest.raises(ServiceValidationError):
        await act(hass, name, person, end="2026-11-18 10:00:00")


async def test_only_our_cameras_are_taken(hass: HomeAssistant, archive: FakeArchive, person: Context) -> None:
    for entity_id in ("camera.somebodys", "sensor.by_the_window_state"):
        with pytest.raises(ServiceValidationError):
            await act(hass, "hold", person, cameras=[CAMERA, entity_id])
    assert archive.held == []


async def test_lifting_tells_the_archive_who_could_agree_and_since_when(
    hass: HomeAssistant, archive: FakeArchive, person: Context, hass_admin_user: MockUser
) -> None:
    answer = await act(hass, "ask_lift", person)
    ((uid, by, administrators),) = archive.lifts

    assert answer == {
        "state": "lift_asked",
        "not_before": "2026-11-21T11:06:40+00:00",
        "second_needed": None,
        "approved": None,
    }
    assert (uid, len(by)) == ("hold0", 32)
    assert by in {administrator.id for administrator in administrators}
    assert hass_admin_user.id not in {administrator.id for administrator in administrators}
    before = {administrator.id: administrator.since_us for administrator in administrators}

    second = MockUser(is_owner=True).add_to_hass(hass)
    await act(hass, "ask_lift", Context(user_id=second.id))
    after = {administrator.id: administrator.since_us for administrator in archive.lifts[1][2]}
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()
    assert after[archive.lifts[1][1]] > max(before.values())


async def test_lifting_is_taken_back(hass: HomeAssistant, archive: FakeArchive, person: Context) -> None:
    assert await act(hass, "cancel_lift", person) == {"state": "held"}
    assert archive.cancelled[0][0] == "hold0"


async def test_holds_are_listed_without_names(hass: HomeAssistant, person: Context) -> None:
    await act(hass, "hold", person)
    (hold,) = (await act(hass, "list_holds", person))["holds"]

    assert (hold["hold"], hold["state"], hold["start"]) == ("hold0", "held", "2026-11-18T05:00:00+00:00")
    assert PLAYROOM not in str(hold)


async def test_refusal_is_said_in_words(hass: HomeAssistant, archive: FakeArchive, person: Context) -> None:
    archive.refuse = "quota"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "hold", person)
    assert error.value.translation_key == "refused_quota"
    archive.refuse = "something_new"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "hold", person)
    assert error.value.translation_key == "refused"


async def test_without_a_kindergarten_actions_say_so(
    hass: HomeAssistant, kindergarten: MockConfigEntry, person: Context
) -> None:
    await hass.config_entries.async_unload(kindergarten.entry_id)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "list_holds", person)
    assert error.value.translation_key == "not_loaded"


async def test_every_action_and_field_is_described(hass: HomeAssistant) -> None:
    fields = load_yaml_dict(str(INTEGRATION / "services.yaml"))
    assert set(fields) == set(ACTIONS)
    for name, action in ACTIONS.items():
        offered = set((fields[name] or {}).get("fields", {}))
        assert offered == {str(key) for key in action.schema}, name
        for texts in TEXTS.values():
            described = texts["services"][name]
            assert described["description"]
            assert set(described.get("fields", {})) == offered
