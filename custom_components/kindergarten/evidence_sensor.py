"""Figures of evidence: what the files prove, what is held, what the ledger's head is."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.helpers.typing import StateType

from .archive.evidence import CameraProof
from .archive.protocol import as_utc
from .entity import CameraDeviceEntity, SiteEntity
from .judgement import next_inspection
from .snapshot import Snapshot

type Attributes = dict[str, StateType]


@dataclass(frozen=True, kw_only=True)
class ProofDescription(SensorEntityDescription):
    """A figure that the files of a camera prove; `None` is "not measured"."""

    value: Callable[[CameraProof], StateType]
    attributes: Callable[[CameraProof], Attributes]


@dataclass(frozen=True, kw_only=True)
class EvidenceDescription(SensorEntityDescription):
    """A figure of the whole kindergarten's evidence; `None` is "not known"."""

    value: Callable[[ConfigEntry[Any], Snapshot], StateType | date]
    attributes: Callable[[Snapshot], Attributes] = lambda _: {}


def _at(time_us: int | None) -> str | None:
    return None if time_us is None else as_utc(time_us).isoformat(timespec="seconds")


def _holds(_: ConfigEntry[Any], snapshot: Snapshot) -> int | None:
    holds = snapshot.status.holds if snapshot.status else None
    return holds.count if holds else None


def _held(snapshot: Snapshot) -> Attributes:
    holds = snapshot.status.holds if snapshot.status else None
    share = holds.share if holds else None
    return {
        "bytes": holds.bytes if holds else None,
        "share_percent": None if share is None else round(share * 100, 1),
    }


def code_of(text: str | None) -> str | None:
    """Return the head's digits in four groups of five, however they came."""
    digits = "".join(character for character in text or "" if character.isdigit())
    return " ".join(digits[at : at + 5] for at in range(0, 20, 5)) if len(digits) == 20 else None


def _head(_: ConfigEntry[Any], snapshot: Snapshot) -> str | None:
    head = snapshot.status.head if snapshot.status else None
    return code_of(head.code) if head else None


def _sealed(snapshot: Snapshot) -> Attributes:
    head = snapshot.status.head if snapshot.status else None
    return {"day": head.day if head else None, "record": head.n if head else None}


IDLE: Final = "idle"
_TASKS: Final = ("export", "pack", "verify")


def _task(_: ConfigEntry[Any], snapshot: Snapshot) -> str | None:
    if snapshot.status is None:
        return None
    return next((task.kind for task in snapshot.status.tasks if task.kind in _TASKS), IDLE)


def _progress(snapshot: Snapshot) -> Attributes:
    running = [task for task in snapshot.status.tasks if task.kind in _TASKS] if snapshot.status else []
    task = next(iter(running), None)
    return {
        "task": task.id if task else None,
        "progress_percent": round(task.progress * 100) if task else None,
        "running": len(running),
    }


CAMERA_PROOFS: Final = (
    ProofDescription(
        key="days_proven",
        translation_key="days_proven",
        native_unit_of_measurement=UnitOfTime.DAYS,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda proof: proof.days_proven,
        attributes=lambda proof: {"oldest": _at(proof.oldest_us), "unmeasured_days": proof.unmeasured_days},
    ),
    ProofDescription(
        key="longest_gap",
        translation_key="longest_gap",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=1,
        value=lambda proof: proof.longest_gap_s,
        attributes=lambda proof: {"at": _at(proof.longest_gap_at_us)},
    ),
)

SITE_EVIDENCE: Final = (
    EvidenceDescription(
        key="holds",
        translation_key="holds",
        state_class=SensorStateClass.MEASUREMENT,
        value=_holds,
        attributes=_held,
    ),
    EvidenceDescription(key="head", translation_key="head", value=_head, attributes=_sealed),
    EvidenceDescription(
        key="next_inspection",
        translation_key="next_inspection",
        device_class=SensorDeviceClass.DATE,
        value=lambda entry, _: next_inspection(entry),
    ),
    EvidenceDescription(
        key="long_task",
        translation_key="long_task",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[IDLE, *_TASKS],
        value=_task,
        attributes=_progress,
    ),
)


class CameraProofSensor(CameraDeviceEntity, SensorEntity):
    """What the files of a camera prove, and when that was looked at."""

    entity_description: ProofDescription

    @override
    def _read(self) -> None:
        super()._read()
        evidence, description = self.coordinator.data.evidence, self.entity_description
        proof = evidence.of(self.camera_id)
        self._attr_native_value = description.value(proof) if proof else None
        self._attr_extra_state_attributes = {
            **(description.attributes(proof) if proof else {}),
            "checked": _at(evidence.proof.checked_us) if evidence.proof else None,
        }

    @override
    def _news(self) -> Hashable:
        return self._attr_available, self._attr_native_value


class EvidenceSensor(SiteEntity, SensorEntity):
    """A figure of the whole kindergarten's evidence."""

    entity_description: EvidenceDescription
    _unrecorded_attributes = frozenset({"progress_percent", "running", "task"})

    @override
    def _read(self) -> None:
        super()._read()
        snapshot = self.coordinator.data
        self._attr_native_value = self.entity_description.value(self.coordinator.entry, snapshot)
        attributes: Mapping[str, StateType] = self.entity_description.attributes(snapshot)
        self._attr_extra_state_attributes = dict(attributes)

    @override
    def _news(self) -> Hashable:
        progress = self._attr_extra_state_attributes.get("progress_percent")
        return self._attr_available, self._attr_native_value, progress
