"""The lookout over a camera that a server keeps: what that shows is looked at, as long as it records."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import override

import pytest

from kindergarten_engine.config import CameraConfig
from kindergarten_engine.errors import RequestError
from kindergarten_engine.kept import KeptElsewhere
from tests.rooms.life import LOOK_S

from .rig import UID, Rig, camera, fault


@dataclass
class ServedRig(Rig):
    """Stands for a server too: it shows pictures only while it `records`, or `hangs`."""

    records: bool = True
    hangs: bool = False
    asked: int = 0

    @override
    def watched_key(self, uid: str) -> None:
        """Return nothing: who is not recorded here sends no stream either."""

    @override
    async def watched_still(self, uid: str, at_us: int | None = None) -> bytes | None:
        self.asked += 1
        if self.hangs:
            raise RequestError("unavailable", "it hangs")
        if at_us is not None:
            return b"jpeg of then"
        return uid.encode() if self.records else None


def kept() -> CameraConfig:
    """Return a camera that a server keeps."""
    return replace(camera(), kept=KeptElsewhere(server="s1", camera="sunflowers"))


@pytest.fixture
async def rig(tmp_path: Path) -> ServedRig:
    """Return a lookout over one camera that a server keeps."""
    rig = ServedRig(tmp_path / "state")
    await rig.lookout.apply([kept()], LOOK_S, 30)
    return rig


async def test_a_covered_camera_of_a_server_is_told_with_stills(rig: ServedRig) -> None:
    await rig.live(32)
    rig.wrong[UID] = fault("paper")
    await rig.live(4)
    assert rig.kinds == ["picture_covered"]
    (event,) = await rig.lookout.events(UID)
    assert await rig.lookout.picture(UID, str(event["id"]), "after") == UID.encode()
    assert await rig.lookout.picture(UID, str(event["id"]), "before") == b"jpeg of then"


async def test_nothing_is_said_of_what_a_server_shows_while_it_records_nothing(rig: ServedRig) -> None:
    rig.records = False
    await rig.live(8)
    assert rig.looks == []
    status = rig.lookout.status(UID)
    assert status
    assert status["looked_us"] is None


async def test_a_server_that_fails_is_asked_less_and_less(rig: ServedRig) -> None:
    rig.hangs = True
    await rig.live(16)
    assert 1 < rig.asked < 8
    assert rig.told == []
