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

from .archive.protocol import ArchiveState, CameraState, as_utc
from .const import CONF_PROFILE
from .coordinator import KindergartenConfigEntry
from .engine.legal.requirements import Requirement, verdict
from .entity import CameraDeviceEntity, SiteEntity, async_add_camera_entities
from .grace import grace_of
from .judgement import requirements_of, retention_problem
from .picture_entities import PROBLEM as PICTURE_DESCRIPTION, PictureProblem
from .snapshot import Snapshot

PARALLEL_UPDATES = 0

NO_PROBLEM: Final = "none"

ATTR_SINCE: Final = "since"


@dataclass(frozen=True, kw_only=True)
class CameraBinaryDescription(BinarySensorEntityDescription):
    """A yes or no about a camera, by its id; `None` means that it cannot be told."""

    is_on: Callable[[KindergartenConfigEntry, Snapshot, str], bool | None]


@dataclass(frozen=True, kw_only=True)
class SiteBinaryDescription(BinarySensorEntityDescription):
    """A yes or no about the whole kindergarten; `None` means that it cannot be told."""

    is_on: Callable[[Snapshot], bool | None]


def recording_problem(entry: KindergartenConfigEntry, snapshot: Snapshot, camera_id: str) -> bool | None:
    """Tell whether a camera that should be recorded has not been for longer than its grace.

    Nobody answering is a problem too. Within the grace nothing can be told: what was true still stands.
    """
    if snapshot.status is None:
        return snapshot.silent or None
    if (camera := snapshot.camera(camera_id)) is None:
        return camera_id in snapshot.refused or None
    if camera.state in {CameraState.RECORDING, CameraState.OFF}:
        return False
    stopped_s = snapshot.stopped_s.get(camera_id, 0.0)
    return stopped_s >= grace_of(entry, "recording", camera_id) or None


def _connected(entry: KindergartenConfigEntry, snapshot: Snapshot, camera_id: str) -> bool | None:
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


RECORDING_DESCRIPTION: Final = CameraBinaryDescription(
    key="recording_problem",
    translation_key="recording_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    is_on=recording_problem,
)

CONNECTIVITY_DESCRIPTION: Final = CameraBinaryDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    is_on=_connected,
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
            RecordingSensor(coordinator, subentry, RECORDING_DESCRIPTION),
            PictureProblem(coordinator, subentry, PICTURE_DESCRIPTION),
            CameraBinarySensor(coordinator, subentry, CONNECTIVITY_DESCRIPTION),
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
        coordinator = self.coordinator
        answer = self.entity_description.is_on(coordinator.entry, coordinator.data, self.camera_id)
        # While it cannot be told (a camera is tried anew), what was true before still stands.
        if answer is not None or self.status is None:
            self._attr_is_on = answer
        self._attr_available = not self.coordinator.data.silent or self._attr_is_on is not None

    @override
    def _news(self) -> Hashable:
        return self._attr_available, self._attr_is_on


class RecordingSensor(CameraBinarySensor):
    """Whether a camera is not recorded that should be; `since` is when that began, not when it was told."""

    _since: str | None = None

    @override
    def _read(self) -> None:
        super()._read()
        data = self.coordinator.data
        if not self._attr_is_on:
            self._since = None
        elif self._since is None and data.status is not None and self.camera_id in data.stopped_s:
            began_s = round(data.status.now_us / 1_000_000 - data.stopped_s[self.camera_id])
            self._since = as_utc(began_s * 1_000_000).isoformat(timespec="seconds")
        self._attr_extra_state_attributes = {ATTR_SINCE: self._since}


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
