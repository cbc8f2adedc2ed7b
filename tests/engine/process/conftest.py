"""An engine process per test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from .rig import EngineProcess


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EngineProcess]:
    """Return an engine process that is ended after the test; the test starts it."""
    process = EngineProcess(tmp_path / "state")
    yield process
    await process.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    """Return an engine process that a whole module shares."""
    process = EngineProcess(tmp_path_factory.mktemp("engine") / "state")
    process.launch()
    yield process
    process.kill()
