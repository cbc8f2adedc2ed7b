"""A house with a kindergarten, a phone that remembers what it was told, and a clock that tests turn."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util, slugify
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
    async_mock_service,
)

from tests.integration.conftest import (  # noqa: F401
    archive,
    enable_event_loop_debug,
    everything_shown_has_a_text,
    hass_config_dir,
    our_integration,
    real_sockets,
    supervisor,
)
from tests.integration.fake_archive import (
    BEDROOM,
    PLAYROOM,
    FakeSupervisor,
    camera,
    kindergarten_entry,
    load,
    room,
    settle,
)

PHONE = "notify.head_of_the_kindergarten"


@dataclass(frozen=True, kw_only=True)
class House:
    """A Home Assistant whose clock the test turns, and what the phone in it was told."""

    hass: HomeAssistant
    clock: FrozenDateTimeFactory
    calls: list[ServiceCall]
    administrator: Context

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return titles and messages, in order."""
        return [(call.data["title"], call.data["message"]) for call in self.calls]

    async def automate(self, blueprint: str, inputs: Mapping[str, Any], language: str = "en") -> None:
        """Install the blueprints as an administrator does, and make an automation from one."""
        await self.install(language)
        ending = ".ru" if language == "ru" else ""
        made = {"path": f"kindergarten/{blueprint}{ending}.yaml", "input": {**inputs}}
        automation = {"id": blueprint, "alias": blueprint, "use_blueprint": made}
        assert await async_setup_component(self.hass, "automation", {"automation": [automation]})
        await self.hass.async_block_till_done()
        state = self.hass.states.get(f"automation.{blueprint}")
        assert state is not None
        assert state.state == "on"

    def device(self, name: str) -> str:
        """Return the id of a device by its name."""
        return next(device.id for device in dr.async_get(self.hass).devices if device.name == name)

    def take_phone(self, name: str, *, action: bool = True) -> tuple[str, list[ServiceCall]]:
        """Register a phone with the app; return its notify entity, and what its action was called with."""
        entry = MockConfigEntry(domain="mobile_app", title=name, data={"device_name": name})
        entry.add_to_hass(self.hass)
        entry.mock_state(self.hass, ConfigEntryState.LOADED)
        device = dr.async_get(self.hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("mobile_app", name)}, name=name
        )
        entity = er.async_get(self.hass).async_get_or_create(
            "notify",
            "mobile_app",
            name,
            config_entry=entry,
            device_id=device.id,
            suggested_object_id=slugify(name),
        )
        self.hass.states.async_set(entity.entity_id, "unknown", {"friendly_name": name})
        pushed = async_mock_service(self.hass, "notify", f"mobile_app_{slugify(name)}") if action else []
        return entity.entity_id, pushed

    async def install(self, language: str = "en", **wanted: Any) -> dict[str, Any]:
        """Call the action that copies the blueprints; return what it says it did."""
        return (
            await self.hass.services.async_call(
                "kindergarten",
                "install_blueprints",
                {"language": language, **wanted},
                blocking=True,
                context=self.administrator,
                return_response=True,
            )
            or {}
        )

    async def at(self, moment: str) -> None:
        """Let it be a moment of the house's own time."""
        self.clock.move_to(dt_util.as_utc(dt_util.parse_datetime(moment, raise_on_error=True)))
        await self._turn()

    async def later(self, **passed: float) -> None:
        """Let time pass."""
        self.clock.tick(timedelta(**passed))
        await self._turn()

    async def look(self) -> None:
        """Have the archive's status read now."""
        (entry,) = self.hass.config_entries.async_entries("kindergarten")
        await entry.runtime_data.coordinator.async_refresh()
        await self.calm()

    async def calm(self) -> None:
        """Let everything happen that can; to wait for all tasks would be to wait for an automation's delay."""
        for _ in range(100):
            await asyncio.sleep(0)

    async def _turn(self) -> None:
        async_fire_time_changed(self.hass)
        await self.calm()


@pytest.fixture
async def house(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_admin_user: MockUser,
    kindergarten: MockConfigEntry,
) -> AsyncIterator[House]:
    """Return a house in Almaty, on a Wednesday at six in the afternoon."""
    house = House(
        hass=hass,
        clock=freezer,
        calls=async_mock_service(hass, "notify", "send_message"),
        administrator=Context(user_id=hass_admin_user.id),
    )
    assert await async_setup_component(hass, "persistent_notification", {})
    await hass.config.async_set_time_zone("Asia/Almaty")
    await house.at("2026-11-18 18:00:00")
    yield house
    if hass.services.has_service("automation", "turn_off"):
        await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@pytest.fixture
async def kindergarten(hass: HomeAssistant, supervisor: FakeSupervisor) -> MockConfigEntry:  # noqa: F811
    """Return a loaded kindergarten with two cameras in two rooms."""
    entry = kindergarten_entry(
        room("Playroom"), camera(PLAYROOM, "By the window"), room("Bedroom"), camera(BEDROOM, "At the door")
    )
    await load(hass, entry)
    hass.config_entries.async_update_entry(entry, options={**entry.options, "last_inspection": "2026-06-18"})
    await settle(hass)
    return entry
