"""What a day costs Home Assistant's database: a row for each state that is written, and no more than is stated.

Every figure changes at every poll here, as it does in life; rows are counted as state changes, each
of which is one row of the recorder's.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path
import re

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import CameraState, CameraStatus
from custom_components.kindergarten.const import DOMAIN

from .fake_archive import BEDROOM, HOUR_US, PLAYROOM, FakeArchive, camera_status, look, settle

STATED = re.search(
    r"\*\*(\d+) rows\*\*\s+a camera and hour.*?\*\*(\d+) rows\*\* an hour for the kindergarten",
    (Path(__file__).parents[2] / "docs/alerts.md").read_text(encoding="utf-8"),
    re.DOTALL,
)
POLL_S = 30
FLAPS = 4
PER_FLAP = 12
"""A camera that is lost and back changes its state, the figures beside it, and its events."""


class Rows:
    """Counts the rows by device and hour."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin to count."""
        self.entities, self.devices = er.async_get(hass), dr.async_get(hass)
        self.of: Counter[tuple[str, int]] = Counter()
        self.hour = 0
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._hear)

    @callback
    def _hear(self, event: Event[EventStateChangedData]) -> None:
        entry = self.entities.async_get(event.data["entity_id"])
        if entry is None or entry.platform != DOMAIN or entry.device_id is None:
            return
        device = self.devices.async_get(entry.device_id)
        assert device is not None
        self.of[device.name or "", self.hour] += 1

    def most(self, device: str) -> int:
        """Return the rows of a device's fullest hour."""
        return max((rows for (name, _), rows in self.of.items() if name == device), default=0)


def alive(uid: str, now_us: int, poll: int) -> CameraStatus:
    """Return a camera whose every figure is another one than half a minute ago."""
    return camera_status(
        uid,
        since_us=0,
        newest_us=now_us - 800_000,
        oldest_us=now_us - 720 * HOUR_US,
        still_us=now_us,
        coverage_24h=1 - poll / 1e6,
        bytes_24h=40_000_000_000 + poll,
        bitrate_bps=4_000_000 + poll,
        fps=25 + poll / 1e4,
        clock_offset_ms=poll % 900,
    )


def flapping(camera: CameraStatus, poll: int) -> CameraStatus:
    """Return a camera that is lost for a minute in every quarter of an hour, in two ways."""
    states = {0: CameraState.STALLED, 1: CameraState.CONNECTING}
    return replace(camera, state=states.get(poll % 30, CameraState.RECORDING))


@pytest.mark.parametrize(
    ("well", "hours"),
    [
        (True, 2),
        (False, 2),
        pytest.param(True, 24, marks=pytest.mark.long),
        pytest.param(False, 24, marks=pytest.mark.long),
    ],
)
async def test_day_writes_no_more_rows_than_are_stated(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    well: bool,
    hours: int,
) -> None:
    assert STATED
    rows, now = Rows(hass), archive.now
    coordinator = kindergarten.runtime_data.coordinator
    await look(hass)
    for poll in range(hours * 3600 // POLL_S):
        freezer.tick(POLL_S)
        now_us = now.now_us + poll * POLL_S * 1_000_000
        rows.hour = poll * POLL_S // 3600
        one, other = alive(PLAYROOM, now_us, poll), alive(BEDROOM, now_us, poll)
        archive.show(
            one if well else flapping(one, poll),
            other,
            now_us=now_us,
            volume=replace(now.volume, free=10**12 - poll * 10**7, used=10**12 + poll * 10**7),
            forecast=replace(now.forecast, days=41.5 - poll / 1e4),
        )
        coordinator.async_set_updated_data(
            replace(coordinator.data, status=archive.now, stopped_s={} if well else {PLAYROOM: 30.0})
        )
    await settle(hass)

    per_camera, per_site = map(int, STATED.groups())
    told = {name: rows.most(name) for name in ("By the window", "At the door", "Little Sun")}
    assert 24 <= told["At the door"] <= per_camera, told
    assert told["By the window"] <= per_camera + (0 if well else FLAPS * PER_FLAP), told
    assert told["Little Sun"] <= per_site, told
