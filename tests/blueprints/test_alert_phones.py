"""What the panel is told for "Alert this phone": whom Home Assistant can tell, and what became of what was made."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import dump, parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .conftest import PHONE, House

type Ask = Any


@pytest.fixture
async def ask(house: House, hass_ws_client: WebSocketGenerator) -> Ask:
    """Return how the panel asks."""
    house.hass.states.async_set(PHONE, "unknown", {"friendly_name": "Head"})
    client = await hass_ws_client(house.hass)

    async def command(kind: str, **fields: Any) -> Any:
        await client.send_json_auto_id({"type": f"kindergarten/alerts/{kind}", **fields})
        answer = await client.receive_json()
        assert answer["success"], answer
        return answer["result"]

    return command


async def have(hass: HomeAssistant, *written: Mapping[str, Any], loaded: bool = True) -> None:
    """Let Home Assistant have automations in its editor's file, and load them or not."""
    path = Path(hass.config.path("automations.yaml"))
    await hass.async_add_executor_job(path.write_text, dump(list(written)), "utf-8")
    known = [dict(each) for each in written] if loaded else []
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: known})
    await hass.async_block_till_done()


async def states(ask: Ask) -> dict[str, str]:
    return {each["kind"]: each["state"] for each in (await ask("get"))["alerts"]}


async def test_phones_come_first_and_the_apps_own_actions_are_not_told_twice(house: House, ask: Ask) -> None:
    phone, _ = house.take_phone("Phone")
    async_mock_service(house.hass, "notify", "telegram")
    async_mock_service(house.hass, "notify", "persistent_notification")

    assert [(each["id"], each["app"]) for each in (await ask("get"))["targets"]] == [
        (phone, True),
        (PHONE, False),
        ("action:notify.telegram", False),
    ]


@pytest.mark.parametrize(("language", "ending"), [("en", ""), ("ru", ".ru")])
async def test_what_is_prepared_is_made_once_home_assistant_has_it(
    house: House, ask: Ask, language: str, ending: str
) -> None:
    assert set((await states(ask)).values()) == {"none"}
    prepared = await ask("prepare", targets=[PHONE], kinds=["camera_stopped"], language=language)
    (made,) = prepared["automations"]
    assert made["config"]["use_blueprint"] == {
        "path": f"kindergarten/camera_stopped{ending}.yaml",
        "input": {"phones": [PHONE]},
    }
    assert Path(
        house.hass.config.path("blueprints/automation", made["config"]["use_blueprint"]["path"])
    ).is_file()
    assert parse_yaml(prepared["yaml"]) == [{"id": made["id"], **made["config"]}]
    assert (await states(ask))["camera_stopped"] == "missing"

    await have(house.hass, {"id": made["id"], **made["config"]})
    found = {each["kind"]: each for each in (await ask("get"))["alerts"]}
    assert found["camera_stopped"] | {"kind": ""} == {
        "kind": "",
        "id": made["id"],
        "state": "made",
        "on": True,
        "targets": [PHONE],
    }
    assert found["morning_report"]["state"] == "none"


async def test_older_actions_are_told_by_an_action_of_the_automation(house: House, ask: Ask) -> None:
    async_mock_service(house.hass, "notify", "telegram")
    prepared = await ask(
        "prepare", targets=[PHONE, "action:notify.telegram"], kinds=["lens_covered"], language="en"
    )
    (made,) = prepared["automations"]
    await have(house.hass, {"id": made["id"], **made["config"]})

    alert = next(each for each in (await ask("get"))["alerts"] if each["kind"] == "lens_covered")
    assert alert["state"] == "made"
    assert alert["targets"] == [PHONE, "action:notify.telegram"]


async def test_what_the_owner_changed_and_what_is_not_loaded_is_said(house: House, ask: Ask) -> None:
    prepared = await ask(
        "prepare", targets=[PHONE], kinds=["camera_stopped", "archive_trouble"], language="en"
    )
    one, other = ({"id": each["id"], **each["config"]} for each in prepared["automations"])
    await have(house.hass, {**one, "alias": "Mine"})
    assert (await states(ask))["camera_stopped"] == "changed"

    path = Path(house.hass.config.path("automations.yaml"))
    await house.hass.async_add_executor_job(path.write_text, dump([one, other]), "utf-8")
    assert (await states(ask))["archive_trouble"] == "not_loaded"

    await ask("forget", kinds=["archive_trouble"])
    await house.hass.async_add_executor_job(path.write_text, "", "utf-8")
    assert await states(ask) | {"camera_stopped": "missing", "archive_trouble": "none"} == await states(ask)


async def test_file_that_cannot_be_read_is_one_without_automations(house: House, ask: Ask) -> None:
    path = Path(house.hass.config.path("automations.yaml"))
    for broken in ("a: [", "just words", "- 5\n- id: [1]\n"):
        await house.hass.async_add_executor_job(path.write_text, broken, "utf-8")
        assert set((await states(ask)).values()) == {"none"}


async def test_test_message_goes_out_at_once_and_refusals_are_told(house: House, ask: Ask) -> None:
    sent = async_mock_service(house.hass, "notify", "telegram")
    async_mock_service(house.hass, "notify", "broken", raise_exception=HomeAssistantError("no"))
    answer = await ask(
        "test", targets=[PHONE, "action:notify.telegram", "action:notify.broken"], language="ru"
    )

    assert answer == {"failed": [{"target": "action:notify.broken", "reason": "no"}]}
    assert [title for title, _ in house.told] == ["Детский сад: проверка"]
    assert sent[0].data["message"].startswith("Если вы это читаете")
    await ask("arrived", targets=[PHONE], arrived=True)
    assert (await ask("get"))["arrived"][PHONE]["arrived"] is True


async def test_offer_is_put_off_for_good(house: House, ask: Ask) -> None:
    assert (await ask("get"))["later"] is False
    await ask("later")
    assert (await ask("get"))["later"] is True
