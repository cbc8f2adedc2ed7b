"""Tells what is in the archive: how fresh, how old, how complete, how long it will do."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfDataRate,
    UnitOfInformation,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .archive.protocol import ArchiveStatus, CameraState, CameraStatus, as_utc
from .coordinator import KindergartenConfigEntry
from .entity import CameraDeviceEntity, SiteEntity, async_add_camera_entities, async_add_room_entities
from .evidence_sensor import CAMERA_PROOFS, SITE_EVIDENCE, CameraProofSensor, EvidenceSensor
from .viewers_sensor import DESCRIPTION as VIEWERS, ViewersSensor

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CameraSensorDescription(SensorEntityDescription):
    """A figure of a camera; `None` is "not measured"."""

    value: Callable[[CameraStatus], StateType | datetime]


@dataclass(frozen=True, kw_only=True)
class SiteSensorDescription(SensorEntityDescription):
    """A figure of the whole kindergarten; `None` is "not measured"."""

    value: Callable[[ArchiveStatus], StateType | datetime]


def _moment(time_us: int | None) -> datetime | None:
    return None if time_us is None else as_utc(time_us).replace(microsecond=0)


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _state(camera: CameraStatus) -> str | None:
    return None if camera.state is CameraState.UNKNOWN else camera.state.value


CAMERA_DESCRIPTIONS: Final = (
    CameraSensorDescription(
        key="newest_picture",
        translation_key="newest_picture",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda camera: _moment(camera.newest_us),
    ),
    CameraSensorDescription(
        key="oldest_recording",
        translation_key="oldest_recording",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda camera: _moment(camera.oldest_us),
    ),
    CameraSensorDescription(
        key="coverage_24h",
        translation_key="coverage_24h",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value=lambda camera: _percent(camera.coverage_24h),
    ),
    CameraSensorDescription(
        key="state",
        translation_key="state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in CameraState if state is not CameraState.UNKNOWN],
        entity_category=EntityCategory.DIAGNOSTIC,
        value=_state,
    ),
    CameraSensorDescription(
        key="bitrate",
        translation_key="bitrate",
        device_class=SensorDeviceClass.DATA_RATE,
        native_unit_of_measurement=UnitOfDataRate.BITS_PER_SECOND,
        suggested_unit_of_measurement=UnitOfDataRate.MEGABITS_PER_SECOND,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda camera: camera.bitrate_bps,
    ),
    CameraSensorDescription(
        key="fps",
        translation_key="fps",
        native_unit_of_measurement="fps",
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda camera: camera.fps,
    ),
    CameraSensorDescription(
        key="clock_offset",
        translation_key="clock_offset",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda camera: camera.clock_offset_ms,
    ),
    CameraSensorDescription(
        key="bytes_24h",
        translation_key="bytes_24h",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIGABYTES,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda camera: camera.bytes_24h,
    ),
)

SITE_DESCRIPTIONS: Final = (
    SiteSensorDescription(
        key="archive_free",
        translation_key="archive_free",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIGABYTES,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda status: status.volume.free,
    ),
    SiteSensorDescription(
        key="archive_days",
        translation_key="archive_days",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.DAYS,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda status: status.forecast.days,
    ),
    SiteSensorDescription(
        key="archive_total",
        translation_key="archive_total",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIGABYTES,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda status: status.volume.total,
    ),
    SiteSensorDescription(
        key="archive_used",
        translation_key="archive_used",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIGABYTES,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda status: status.volume.used,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: KindergartenConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the site's figures, every camera's and every room's."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities(SiteSensor(coordinator, description) for description in SITE_DESCRIPTIONS)
    async_add_entities(EvidenceSensor(coordinator, description) for description in SITE_EVIDENCE)
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda coordinator, subentry: [
            *(CameraSensor(coordinator, subentry, description) for description in CAMERA_DESCRIPTIONS),
            *(CameraProofSensor(coordinator, subentry, description) for description in CAMERA_PROOFS),
        ],
    )
    async_add_room_entities(
        entry, async_add_entities, lambda coordinator, room: [ViewersSensor(coordinator, room, VIEWERS)]
    )


class SiteSensor(SiteEntity, SensorEntity):
    """A figure of the whole kindergarten."""

    entity_description: SiteSensorDescription

    @override
    def _read(self) -> None:
        super()._read()
        status = self.coordinator.data.status
        self._attr_native_value = self.entity_description.value(status) if status else None

    @override
    def _news(self) -> Hashable:
        status = self.coordinator.data.status
        return super()._news(), status and status.volume.state, self._attr_native_value is None


class CameraSensor(CameraDeviceEntity, SensorEntity):
    """A figure of a camera."""

    entity_description: CameraSensorDescription

    @override
    def _read(self) -> None:
        super()._read()
        self._attr_native_value = self.entity_description.value(self.status) if self.status else None

    @override
    def _news(self) -> Hashable:
        return super()._news(), self._attr_native_value is None
