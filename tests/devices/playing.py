"""Pictures for a device: every channel says in its picture which one it is."""

from collections.abc import Collection
from dataclasses import replace

from tests.cameras.camera import packet_clip
from tests.cameras.clips import TEST_MAIN, TEST_SUB
from tests.cameras.stream import CameraStream

LOOP_S = 10


def playing(channels: int, empty: Collection[int] = ()) -> dict[str, CameraStream]:
    """Return the streams of a recorder's channels, as `SimulatedDevice` wants them. Clips are encoded."""
    specs = {"main": replace(TEST_MAIN, loop_s=LOOP_S), "sub": replace(TEST_SUB, loop_s=LOOP_S)}
    return {
        f"{channel} {stream}": CameraStream(
            packet_clip(replace(spec, label=f"channel {channel}")),
            camera=channel,
            sub=stream == "sub",
            sound=None,
            phase_us=channel * 100_000,
        )
        for channel in range(1, channels + 1)
        if channel not in empty
        for stream, spec in specs.items()
    }
