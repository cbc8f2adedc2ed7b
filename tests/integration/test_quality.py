"""Home Assistant's quality scale: every rule is done, or said why not; what is documented is what there is."""

import ast
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import load_yaml_dict
import pytest

from .texts import INTEGRATION, TEXTS

DOCUMENTED = (Path(__file__).parents[2] / "docs/home-assistant.md").read_text(encoding="utf-8")
PLATFORMS = ("binary_sensor", "button", "event", "sensor", "switch")

BRONZE, SILVER, GOLD, PLATINUM = 20, 10, 21, 3
"""How many rules each level has."""


async def test_every_rule_is_done_or_said_why_not(hass: HomeAssistant) -> None:
    path = str(INTEGRATION / "quality_scale.yaml")
    rules = (await hass.async_add_executor_job(load_yaml_dict, path))["rules"]
    assert len(rules) == BRONZE + SILVER + GOLD + PLATINUM
    for rule, said in rules.items():
        reason = isinstance(said, dict) and said["status"] == "exempt" and len(said["comment"]) > 10
        assert said == "done" or reason, rule


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_entity_is_documented(platform: str) -> None:
    for about in TEXTS["en"]["entity"][platform].values():
        assert f"*{about['name']}*" in DOCUMENTED, about["name"]


def test_every_trigger_is_documented() -> None:
    for trigger in TEXTS["en"]["triggers"]:
        assert f"`kindergarten.{trigger}`" in DOCUMENTED


def test_every_platform_says_how_many_updates_go_at_once() -> None:
    for platform in (*PLATFORMS, "camera"):
        tree = ast.parse((INTEGRATION / f"{platform}.py").read_text(encoding="utf-8"))
        names = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        assert "PARALLEL_UPDATES" in names, platform
