"""The control socket: each engine takes away only its own."""

from pathlib import Path
import tempfile

import pytest

from kindergarten_engine.place import Place
from kindergarten_engine.recorder.serve.listen import ControlSocket


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


async def test_an_engine_that_ends_takes_its_socket_and_folder_away(tmp_path: Path) -> None:
    place = Place(tmp_path / "state")
    assert place.claim()
    control = ControlSocket(place, [])
    await control.open()
    path = place.socket()
    assert path.exists()
    await control.close()
    assert not path.parent.exists()


async def test_an_engine_that_ends_leaves_the_socket_of_the_next_one(tmp_path: Path) -> None:
    place = Place(tmp_path / "state")
    assert place.claim()
    first, second = ControlSocket(place, []), ControlSocket(place, [])
    await first.open()
    await second.open()  # in the place of the first one's
    path = place.socket()
    inode = path.lstat().st_ino
    await first.close()
    assert path.lstat().st_ino == inode
    await second.close()
    assert not path.exists()
