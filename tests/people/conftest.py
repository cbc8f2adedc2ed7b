"""A kindergarten's people under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import engine_package

engine_package.load()

from .house import House  # noqa: E402 - the engine has to be there first


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house with nobody in it yet."""
    house = House(tmp_path / "private")
    yield house
    house.close()
