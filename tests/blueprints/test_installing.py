"""The step that copies the blueprints: it says what it did, and asks before it overwrites."""

from pathlib import Path
import re
import subprocess
import sys
from typing import Any

from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from .conftest import House

ROOT = Path(__file__).parents[2]
LINKED = ROOT / "blueprints/automation/kindergarten"
SHIPPED = ROOT / "custom_components/kindergarten/blueprints"
NAMES = sorted(path.name for path in LINKED.glob("*.yaml"))


def installed(hass: HomeAssistant, name: str = "camera_stopped.yaml") -> Path:
    return Path(hass.config.path("blueprints/automation/kindergarten", name))


def test_files_are_as_the_sources_say() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "script/blueprints.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_link_and_shipped_file_are_the_same() -> None:
    for name in NAMES:
        assert (LINKED / name).read_bytes() == (SHIPPED / name).read_bytes()
    assert sorted(path.name for path in SHIPPED.glob("*.yaml")) == NAMES


def test_languages_differ_in_nothing_but_texts() -> None:
    def bones(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: bones(value) for key, value in data.items() if key != "source_url"}
        if isinstance(data, list):
            return [bones(value) for value in data]
        return re.findall(r"{[{%].*?[%}]}", data) and None if isinstance(data, str) else data

    for name in NAMES:
        if name.endswith(".ru.yaml"):
            english = yaml_util.load_yaml(str(LINKED / name.replace(".ru.", ".")))
            assert bones(yaml_util.load_yaml(str(LINKED / name))) == bones(english)
            assert re.search("[а-яё]", yaml_util.load_yaml_dict(str(LINKED / name))["blueprint"]["name"])


async def test_home_assistant_finds_and_understands_each_of_them(house: House) -> None:
    assert await async_setup_component(house.hass, "automation", {})
    english, russian = await house.install("en"), await house.install("ru")

    found = {
        Path(path).name: blueprint
        for path, blueprint in (await async_get_blueprints(house.hass).async_get_blueprints()).items()
        if path.startswith("kindergarten/")
    }
    assert sorted([*english["added"], *russian["added"]]) == sorted(found) == NAMES
    for name, blueprint in found.items():
        assert isinstance(blueprint, Blueprint)
        assert blueprint.validate() is None
        assert blueprint.metadata["source_url"].endswith(f"/blueprints/automation/kindergarten/{name}")


async def test_language_is_that_of_the_house(house: House) -> None:
    house.hass.config.language = "ru"
    answer = await house.hass.services.async_call(
        "kindergarten",
        "install_blueprints",
        {},
        blocking=True,
        context=house.administrator,
        return_response=True,
    )

    assert answer is not None
    assert "camera_stopped.ru.yaml" in str(answer["added"])


async def test_what_the_owner_changed_stays_until_he_agrees(house: House) -> None:
    await house.install()
    ours = installed(house.hass).read_text(encoding="utf-8")
    installed(house.hass).write_text(f"{ours}# mine\n", encoding="utf-8")

    answer = await house.install()
    assert (answer["added"], answer["updated"], answer["kept"]) == ([], [], ["camera_stopped.yaml"])
    assert installed(house.hass).read_text(encoding="utf-8").endswith("# mine\n")

    assert (await house.install(overwrite=True))["updated"] == ["camera_stopped.yaml"]
    assert installed(house.hass).read_text(encoding="utf-8") == ours


async def test_older_one_of_ours_is_replaced(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    older.mkdir()
    (older / "camera_stopped.yaml").write_text("# older\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("custom_components.kindergarten.automations.SOURCE", older)
        assert (await house.install())["added"] == ["camera_stopped.yaml"]

    assert (await house.install())["updated"] == ["camera_stopped.yaml"]
    assert installed(house.hass).read_bytes() == (SHIPPED / "camera_stopped.yaml").read_bytes()


async def test_only_administrators_install(house: House, hass_read_only_user: MockUser) -> None:
    for context, refusal in (
        (Context(user_id=hass_read_only_user.id), Unauthorized),
        (None, ServiceValidationError),
    ):
        with pytest.raises(refusal):
            await house.hass.services.async_call(
                "kindergarten", "install_blueprints", {}, blocking=True, context=context
            )
    assert not installed(house.hass).exists()


async def test_options_install_them_too_and_ask_before_they_overwrite(
    house: House, kindergarten: MockConfigEntry
) -> None:
    flows = house.hass.config_entries.options

    async def choose_language() -> Any:
        result = await flows.async_init(kindergarten.entry_id)
        result = await flows.async_configure(result["flow_id"], {"next_step_id": "automations"})
        return await flows.async_configure(result["flow_id"], {"language": "en"})

    done = await choose_language()
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "automations_installed")
    assert done["description_placeholders"]["added"] == str(len(NAMES) // 2)

    installed(house.hass).write_text("# mine\n", encoding="utf-8")
    asked = await choose_language()
    assert asked["description_placeholders"]["files"] == "camera_stopped.yaml"
    kept: Any = await flows.async_configure(asked["flow_id"], {"next_step_id": "automations_keep"})
    assert kept["description_placeholders"]["kept"] == "1"
    assert installed(house.hass).read_text(encoding="utf-8") == "# mine\n"

    asked = await choose_language()
    await flows.async_configure(asked["flow_id"], {"next_step_id": "automations_overwrite"})
    assert installed(house.hass).read_bytes() == (SHIPPED / "camera_stopped.yaml").read_bytes()
