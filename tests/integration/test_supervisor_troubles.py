"""The keeper of the engine's process when it does not start, does not answer, or does not end."""

import asyncio
from collections.abc import AsyncIterator
import logging
from pathlib import Path
import signal
import sys
from typing import Any, cast

from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.archive import supervisor as module
from custom_components.kindergarten.archive.builtin import BuiltinArchive
from custom_components.kindergarten.archive.protocol import ArchiveUnavailable, Hello
from custom_components.kindergarten.archive.supervisor import Supervisor
from custom_components.kindergarten.archive.wire import PROTOCOL
from custom_components.kindergarten.engine.fingerprint import fingerprint
from tests.engine.process.rig import until, wait_for_end


class Engine:
    """Answers for the engine as the test says; its process is one that only waits."""

    def __init__(self, folder: Path) -> None:
        """Be an engine of the version that lies in a folder, and do not answer."""
        self.folder = folder
        self.pid: int | None = None
        self.started_us = 1
        self.answers_leases = True
        self.asked = 0
        self.leases = 0
        self.stopped: list[str] = []

    async def hello(self) -> Hello:
        """Say who answers."""
        self.asked += 1
        if self.pid is None:
            raise ArchiveUnavailable("nobody")
        return Hello(
            proto=PROTOCOL,
            version=fingerprint(self.folder),
            pid=self.pid,
            boot_id="b",
            epoch=1,
            started_us=self.started_us,
            live_port=1,
            archive_id=None,
        )

    async def lease(self, ttl_s: int) -> None:
        """Hear that somebody is there."""
        self.leases += 1
        if not self.answers_leases:
            raise ArchiveUnavailable("hangs")

    async def stop(self, cause: str) -> None:
        """Hear that it is to end, and go on."""
        self.stopped.append(cause)

    async def close(self) -> None:
        """Let go."""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return an engine whose launcher says why it fails; nothing of the keeper takes long."""
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "boot.py").write_text("import sys\nsys.exit('there is no aiohttp')\n")
    monkeypatch.setattr(module, "ENGINE", folder)
    monkeypatch.setattr(module, "_LOOK_S", 0.01)
    monkeypatch.setattr(module, "_LEASE_S", 0.02)
    monkeypatch.setattr(module, "_END_S", 0.1)
    monkeypatch.setattr(module, "_BACK_OFF_S", (0.0,))
    return Engine(folder)


@pytest.fixture
async def supervisor(hass: HomeAssistant, tmp_path: Path, engine: Engine) -> AsyncIterator[Supervisor]:
    """Return the keeper of that engine."""
    (tmp_path / "state").mkdir()
    supervisor = Supervisor(hass, tmp_path / "state")
    supervisor.archive = cast("BuiltinArchive", engine)
    yield supervisor
    await supervisor.close()


type Process = asyncio.subprocess.Process


@pytest.fixture
async def process() -> AsyncIterator[Process]:
    """Return a process that only waits."""
    process = await asyncio.create_subprocess_exec("sleep", "600")
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as an error."""
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


async def test_a_launcher_that_fails_is_told_with_what_it_said(supervisor: Supervisor) -> None:
    with pytest.raises(ArchiveUnavailable, match="the launcher failed: there is no aiohttp"):
        await supervisor.ensure()


async def test_a_launcher_that_is_not_there_is_told(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nothing/python")
    with pytest.raises(ArchiveUnavailable, match="it cannot be launched: No such file"):
        await supervisor.ensure()


@pytest.mark.parametrize("lock", [None, b"", b"no number", b"4194305"])
async def test_an_engine_that_never_answers_is_given_up(
    supervisor: Supervisor,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lock: bytes | None,
) -> None:
    (engine.folder / "boot.py").write_text("")
    monkeypatch.setattr(module, "_START_S", 0.1)
    if lock is not None:
        (tmp_path / "state/lock").write_bytes(lock)
    with pytest.raises(ArchiveUnavailable, match="no answer"):
        await supervisor.ensure()


async def test_a_process_that_is_no_engine_of_ours_is_never_killed_for_its_number(
    supervisor: Supervisor,
    engine: Engine,
    process: Process,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (engine.folder / "boot.py").write_text("")
    monkeypatch.setattr(module, "_START_S", 0.1)
    (tmp_path / "state/lock").write_text(str(process.pid))
    with pytest.raises(ArchiveUnavailable):
        await supervisor.ensure()
    assert process.returncode is None


async def test_an_engine_that_does_not_start_is_tried_again_and_told_once(
    supervisor: Supervisor, engine: Engine, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Any] = []
    supervisor.async_subscribe(lambda: told.append(supervisor.hello))
    await supervisor.start()
    assert len(errors(caplog)) == 1
    await until(lambda: engine.asked > 3)
    assert len(errors(caplog)) == 2  # at the start, and by whoever goes on trying
    assert told == []
    engine.pid = process.pid
    await until(lambda: supervisor.hello)
    assert [each.pid for each in told] == [process.pid]


async def test_stopping_ends_the_watch_and_an_engine_that_does_not_end(
    supervisor: Supervisor, engine: Engine, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    engine.pid = process.pid
    await supervisor.start()
    await supervisor.stop("removed")
    assert engine.stopped == ["removed"]
    assert await process.wait() == -signal.SIGKILL
    assert "does not end, killing it" in caplog.text
    assert supervisor.hello is None


async def test_a_silence_that_ends_kills_nothing(
    supervisor: Supervisor, engine: Engine, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_UNANSWERED", 1000)
    engine.pid = process.pid
    await supervisor.start()
    engine.answers_leases, before = False, engine.leases
    await until(lambda: engine.leases > before + 2)
    engine.answers_leases, before = True, engine.leases
    await until(lambda: engine.leases > before + 2)
    assert (process.returncode, supervisor.hello and supervisor.hello.pid) == (None, process.pid)


async def test_an_engine_that_is_silent_for_too_long_is_killed(
    supervisor: Supervisor, engine: Engine, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    engine.pid = process.pid
    await supervisor.start()
    engine.answers_leases = False
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL
    assert "has not answered for a while, killing it" in caplog.text


async def test_an_engine_whose_process_cannot_be_watched_is_asked_instead(
    supervisor: Supervisor, engine: Engine, process: Process
) -> None:
    process.kill()
    await process.wait()
    engine.pid = process.pid  # as in a container of its own
    told: list[bool] = []
    supervisor.async_subscribe(lambda: told.append(supervisor.hello is None))
    await supervisor.start()
    asked = engine.asked
    await until(lambda: engine.asked > asked + 2)
    assert told == [False]
    engine.pid = None
    await until(lambda: supervisor.hello is None)
    assert told == [False, True]


async def test_an_engine_that_cannot_be_replaced_hears_that_somebody_is_there(
    supervisor: Supervisor, engine: Engine, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.pid = process.pid
    monkeypatch.setattr(module, "fingerprint", lambda _: "another")
    for attempt in (1, 2):
        with pytest.raises(ArchiveUnavailable, match="there is no aiohttp"):
            await supervisor.ensure()
        assert engine.leases == attempt
    assert engine.stopped == []


async def test_a_launcher_that_nobody_waits_for_any_more_starts_no_engine(
    supervisor: Supervisor, engine: Engine, tmp_path: Path
) -> None:
    note = tmp_path / "launcher"
    (engine.folder / "boot.py").write_text(
        "import os, pathlib, time\n"
        f"part = pathlib.Path({f'{note}.part'!r})\n"
        "part.write_text(str(os.getpid()))\n"
        f"part.rename({str(note)!r})\n"
        "time.sleep(600)\n"
    )
    ensuring = asyncio.create_task(supervisor.ensure())
    await until(note.exists)
    ensuring.cancel()
    await asyncio.gather(ensuring, return_exceptions=True)
    assert await asyncio.to_thread(wait_for_end, int(note.read_text()))


async def test_an_engine_that_still_answers_while_it_ends_is_not_taken_for_the_one_after_it(
    supervisor: Supervisor, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_pidfd", lambda _: None)  # so nobody sees when it has ended
    engine.pid = 1
    monkeypatch.setattr(module, "fingerprint", lambda _: "another")
    (engine.folder / "boot.py").write_text("")
    ensuring = asyncio.create_task(supervisor.ensure())
    await until(lambda: ensuring.done() or engine.asked > 3)
    engine.started_us = 2
    assert (await ensuring).started_us == 2
    assert engine.stopped == ["upgrade"]
