"""Tells what is wrong: a camera that is not recorded, an archive that cannot be written."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .archive.protocol import ArchiveState, CameraState
from .const import CONF_PROFILE
from .coordinator import KindergartenConfigEntry
from .engine.legal.requirements import Requirement, verdict
from .entity import CameraDeviceEntity, SiteEntity, async_add_camera_entities
from .judgement import requirements_of, retention_problem
from .snapshot import Snapshot

PARALLEL_UPDATES = 0

HICCUP_US: Final = 60_000_000
"""A camera that connects anew for less than this is no problem yet, and no recording either."""

NO_PROBLEM: Final = "none"

_TRYING: Final = {CameraState.STARTING, CameraState.CONNECTING, CameraState.UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class CameraBinaryDescription(BinarySensorEntityDescription):
    """A yes or no about a camera, by its id; `None` means that it cannot be told."""

    is_on: Callable[[Snapshot, str], bool | None]


@dataclass(frozen=True, kw_only=True)
class SiteBinaryDescription(BinarySensorEntityDescription):
    """A yes or no about the whole kindergarten; `None` means that it cannot be told."""

    is_on: Callable[[Snapshot], bool | None]


def recording_problem(snapshot: Snapshot, camera_id: str) -> bool | None:
    """Tell whether a camera that should be recorded is not; nobody answering is a problem too."""
    if snapshot.status is None:
        return snapshot.silent or None
    if (camera := snapshot.camera(camera_id)) is None:
        return camera_id in snapshot.refused or None
    just_now = camera.since_us is None or snapshot.status.now_us - camera.since_us < HICCUP_US
    if camera.state in _TRYING and just_now:
        return None
    return camera.state not in {CameraState.RECORDING, CameraState.OFF}


def _connected(snapshot: Snapshot, camera_id: str) -> bool | None:
    camera = snapshot.camera(camera_id)
    if camera is None or camera.state in {CameraState.OFF, CameraState.UNKNOWN}:
        return None
    return camera.state in {CameraState.RECORDING, CameraState.DISK}


def _archive_problem(entry: KindergartenConfigEntry, snapshot: Snapshot) -> str | None:
    """Return what is wrong with the archive, as a key of a text; `None` while it cannot be told."""
    if snapshot.silent:
        return "recorder_silent"
    if (status := snapshot.status) is None or status.volume.state is ArchiveState.UNKNOWN:
        return None
    if status.volume.state is ArchiveState.NONE:
        return "no_archive"
    if status.volume.state is not ArchiveState.OK:
        return status.volume.state.value
    return retention_problem(entry, snapshot) or NO_PROBLEM


def _clock_problem(snapshot: Snapshot) -> bool | None:
    clock = snapshot.status.clock if snapshot.status else None
    return clock.trust == 0 if clock else None


CAMERA_DESCRIPTIONS: Final = (
    CameraBinaryDescription(
        key="recording_problem",
        translation_key="recording_problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on=recording_problem,
    ),
    CameraBinaryDescription(
        key="connectivity",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on=_connected,
    ),
)

SITE_DESCRIPTIONS: Final = (
    SiteBinaryDescription(
        key="clock_problem",
        translation_key="clock_problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on=_clock_problem,
    ),
)

ARCHIVE_DESCRIPTION: Final = BinarySensorEntityDescription(
    key="archive_problem",
    translation_key="archive_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
)

PROFILE_DESCRIPTION: Final = BinarySensorEntityDescription(
    key="profile_problem",
    translation_key="profile_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: KindergartenConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the site's sensors and every camera's."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities(SiteBinarySensor(coordinator, description) for description in SITE_DESCRIPTIONS)
    async_add_entities(
        [ArchiveSensor(coordinator, ARCHIVE_DESCRIPTION), ProfileSensor(coordinator, PROFILE_DESCRIPTION)]
    )
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda coordinator, subentry: [
            CameraBinarySensor(coordinator, subentry, description) for description in CAMERA_DESCRIPTIONS
        ],
    )


class SiteBinarySensor(SiteEntity, BinarySensorEntity):
    """A yes or no about the whole kindergarten."""

    entity_description: SiteBinaryDescription

    @override
    def _read(self) -> None:
        self._attr_is_on = self.entity_description.is_on(self.coordinator.data)
        # An alarm is of use just when nobody answers.
        self._attr_available = not self.coordinator.data.silent or self._attr_is_on is not None

    @override
    def _news(self) -> Hashable:
        return self._attr_available, self._attr_is_on


class CameraBinarySensor(CameraDeviceEntity, BinarySensorEntity):
    """A yes or no about a camera."""

    entity_description: CameraBinaryDescription

    @override
    def _read(self) -> None:
        answer = self.entity_description.is_on(self.coordinator.data, self.camera_id)
        # While it cannot be told (a camera connects anew), what was true before still stands.
        if answer is not None or self.status is None:
            self._attr_is_on = answer
        self._attr_available = not self.coordinator.data.silent or self._attr_is_on is not None

    @override
    def _news(self) -> Hashable:
        return self._attr_available, self._attr_is_on


class ArchiveSensor(SiteEntity, BinarySensorEntity):
    """Whether footage cannot be written, or will not stay for as long as it must; says which of the two."""

    _found: str | None = None

    @override
    def _read(self) -> None:
        found = self._found = _archive_problem(self.coordinator.entry, self.coordinator.data)
        self._attr_is_on = None if found is None else found != NO_PROBLEM
        self._attr_extra_state_attributes = {"problem": found}

    @override
    def _news(self) -> Hashable:
        return self._found


class ProfileSensor(SiteEntity, BinarySensorEntity):
    """Whether a requirement of the legal profile is not met; unknown until all of them are measured."""

    @override
    def _read(self) -> None:
        super()._read()
        found = requirements_of(self.coordinator.entry, self.coordinator.data)
        self._attr_is_on = {"met": False, "not_met": True}.get(verdict(found))
        self._attr_extra_state_attributes = {
            "profile": self.coordinator.entry.data[CONF_PROFILE],
            "not_met": _ids(found, "not_met"),
            "not_measurable": _ids(found, "not_measurable"),
        }

    @override
    def _news(self) -> Hashable:
        attributes = self._attr_extra_state_attributes
        return self._attr_available, self._attr_is_on, tuple(attributes["not_met"])


def _ids(found: Iterable[Requirement], status: str) -> list[str]:
    return [requirement.id for requirement in found if requirement.status == status]
