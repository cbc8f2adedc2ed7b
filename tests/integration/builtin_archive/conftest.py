"""A client and the recorder that it asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from custom_components.kindergarten.archive.builtin import BuiltinArchive

from .recorder import Recorder


@pytest.fixture
async def recorder(tmp_path: Path) -> AsyncIterator[Recorder]:
    """Return a recorder that listens."""
    recorder = Recorder()
    runner = await recorder.listen(tmp_path, "s")
    yield recorder
    await runner.cleanup()


@pytest.fixture
async def client(recorder: Recorder, tmp_path: Path) -> AsyncIterator[BuiltinArchive]:
    """Return a client of that recorder."""
    client = BuiltinArchive(tmp_path)
    yield client
    await client.close()
