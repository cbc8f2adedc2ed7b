"""How the engine ends when the archive's disk falls silent just then."""

import asyncio
import os
from pathlib import Path

import pytest

from kindergarten_engine.engine import Engine
from kindergarten_engine.place import Place
from kindergarten_engine.recorder.store import pulse
from kindergarten_engine.redaction import Redactor
from tests.engine.store.test_silent_disk import PATIENT_NS, Machine

from .rig import config, until


async def test_a_disk_that_answers_again_while_the_engine_ends_still_hears_of_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "EVERY_S", 0.02)
    monkeypatch.setattr(pulse, "_SILENT_NS", PATIENT_NS)
    env = Machine()
    place = Place(tmp_path / "state")
    assert place.claim()
    engine = Engine(env, place, Redactor(), "version")
    await engine.start()
    await engine.configure(config(tmp_path / "archive"))
    assert engine.store.state.status == "ok"
    socket = Path(os.fsdecode(place.read("socket.path") or b""))

    monkeypatch.setattr(pulse, "_SILENT_NS", 1_000_000_000)
    env.disk.there.clear()
    ending = asyncio.create_task(engine.stop("host_restart"))
    try:
        await until(lambda: not socket.exists())  # nobody who asks us waits for the disk
    finally:
        env.disk.there.set()
    await ending

    records = (tmp_path / "archive/ledger/00000001.jsonl").read_text()
    assert '"cause":"host_restart"' in records
