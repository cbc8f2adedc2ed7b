"""The live picture of every camera, taken from the one stream that is recorded."""

from typing import override

from homeassistant.components.camera import Camera, CameraEntityDescription, CameraEntityFeature
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .archive.protocol import ArchiveRefused, ArchiveUnavailable
from .coordinator import KindergartenConfigEntry, KindergartenCoordinator
from .entity import CameraDeviceEntity, async_add_camera_entities

PARALLEL_UPDATES = 0

DESCRIPTION = CameraEntityDescription(key="camera", name=None)


async def async_setup_entry(
    hass: HomeAssistant, entry: KindergartenConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a camera entity for every camera."""
    async_add_camera_entities(
        entry, async_add_entities, lambda coordinator, subentry: [LiveCamera(coordinator, subentry)]
    )


class LiveCamera(CameraDeviceEntity, Camera):
    """What a camera shows now; it is there as long as the recorder answers."""

    _attr_supported_features = CameraEntityFeature.STREAM

    def __init__(self, coordinator: KindergartenCoordinator, subentry: ConfigSubentry) -> None:
        """Take our place on the camera's device."""
        Camera.__init__(self)
        super().__init__(coordinator, subentry, DESCRIPTION)

    @override
    def _read(self) -> None:
        super()._read()
        self._attr_is_recording = self.status is not None and self.status.recording

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._handle_coordinator_update()
        # An engine that was started anew listens on another port.
        if self.stream and self.status and self.status.live_url not in {None, self.stream.source}:
            self.stream.update_source(self.status.live_url)

    @override
    async def async_will_remove_from_hass(self) -> None:
        """End the stream too: its address opens the picture without a login until it ends."""
        if self.stream:
            await self.stream.stop()
            self.stream = None
        await super().async_will_remove_from_hass()

    @override
    async def stream_source(self) -> str | None:
        """Return the engine's MPEG-TS stream on this machine; the secret in it is for that stream only."""
        return self.status.live_url if self.status else None

    @override
    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        """Return the newest key frame as a JPEG."""
        try:
            return await self.coordinator.archive.still(self.camera_id, height=height)
        except ArchiveUnavailable, ArchiveRefused:
            return None
