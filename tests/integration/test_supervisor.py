"""Home Assistant's side of the engine's process: found, started, replaced, ended."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
import os
from pathlib import Path
import signal

from homeassistant.core import HomeAssistant
import pytest
import pytest_socket

from custom_components.kindergarten.archive import builtin, supervisor as module
from custom_components.kindergarten.archive.builtin import BuiltinArchive
from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ArchiveUnavailable,
    CameraState,
    DesiredCamera,
    DesiredState,
)
from custom_components.kindergarten.archive.supervisor import Supervisor
from tests.cameras import TEST_SUB, Fleet, SimulatedCamera
from tests.engine.process.rig import until, wait_for_end
from tests.stopwatch import Stopwatch

CANARY = "c4n4ry-Pa55/w0rd"
UID = "0" * 31 + "1"


@pytest.fixture
async def supervisor(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[Supervisor]:
    """Return a supervisor whose engine is ended after the test."""
    state = tmp_path / "state"
    supervisor = Supervisor(hass, state)
    yield supervisor
    await supervisor.close()
    last = Supervisor(hass, state)
    await last.stop("user")


def desired(rev: int = 1, *cameras: DesiredCamera) -> DesiredState:
    """Return a desired state without an archive."""
    return DesiredState(
        rev=rev,
        archive_path=None,
        archive_id=None,
        retention_days=30,
        minimum_days=30,
        maximum_days=None,
        cameras=cameras,
    )


def camera(url: str = "rtsp://127.0.0.1:9/main") -> DesiredCamera:
    """Return a camera that nobody answers for."""
    return DesiredCamera(uid=UID, label="Bears", main_url=url, user="owner", secret=CANARY)


async def test_ensure_starts_one_engine_and_finds_it_again(supervisor: Supervisor) -> None:
    first = await supervisor.ensure()
    assert await supervisor.ensure() == first
    assert supervisor.hello == first


async def test_unload_leaves_the_engine_running(
    hass: HomeAssistant, supervisor: Supervisor, tmp_path: Path
) -> None:
    await supervisor.start()
    assert supervisor.hello
    pid = supervisor.hello.pid
    await supervisor.close()
    again = Supervisor(hass, tmp_path / "state")
    await again.start()
    assert again.hello
    assert again.hello.pid == pid
    await again.close()


async def test_dead_engine_is_back_within_two_seconds_with_what_was_desired(supervisor: Supervisor) -> None:
    changes: list[int | None] = []
    await supervisor.start()
    supervisor.async_subscribe(lambda: changes.append(supervisor.hello.pid if supervisor.hello else None))
    assert supervisor.hello
    pid = supervisor.hello.pid
    await supervisor.archive.configure(desired(5))
    watch = Stopwatch()
    os.kill(pid, signal.SIGKILL)
    await until(lambda: supervisor.hello and supervisor.hello.pid != pid)
    assert watch.seconds < 2

    async def remembered() -> bool:
        return (await supervisor.archive.status()).rev == 5

    await until(remembered)
    await until(lambda: supervisor.hello and changes[-1] == supervisor.hello.pid)
    assert changes[0] is None


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Return a simulated camera."""
    pytest_socket.enable_socket()
    with Fleet([SimulatedCamera(name="one", main=TEST_SUB)]) as fleet:
        yield fleet


async def test_camera_is_recorded_again_after_a_crash(
    supervisor: Supervisor, fleet: Fleet, tmp_path: Path
) -> None:
    await supervisor.start()
    archive = supervisor.archive
    wanted = replace(desired(1, camera(fleet["one"].url())), archive_path=str(tmp_path / "archive"))
    await archive.configure(wanted)

    async def runs(count: int) -> bool:
        with suppress(ArchiveUnavailable, ArchiveRefused):
            return len((await archive.timeline(UID, 0, 1 << 52)).recordings) >= count
        return False

    await until(lambda: runs(1))
    assert supervisor.hello
    stopwatch = Stopwatch()
    os.kill(supervisor.hello.pid, signal.SIGKILL)
    await until(lambda: runs(2))
    timeline = await archive.timeline(UID, 0, 1 << 52)
    lost_us = timeline.recordings[1].start_us - timeline.recordings[0].end_us
    # Respawned within 2 s, then connected, then a key frame: this camera has one each second.
    assert lost_us / 1e6 < 5 + stopwatch.owed_s


async def test_engine_of_another_version_is_replaced(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = await supervisor.ensure()
    monkeypatch.setattr(module, "fingerprint", lambda _: "another")
    assert (await supervisor.ensure()).pid != first.pid
    assert await asyncio.to_thread(wait_for_end, first.pid)
    assert "Engine stops: upgrade" in (tmp_path / "state/engine.log").read_text()


async def test_a_new_version_that_cannot_be_loaded_leaves_the_old_one_running(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = await supervisor.ensure()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/boot.py").write_text("import sys\nsys.exit('half copied')\n")
    monkeypatch.setattr(module, "ENGINE", tmp_path / "broken")
    with pytest.raises(ArchiveUnavailable, match="half copied"):
        await supervisor.ensure()
    assert (await supervisor.archive.hello()).pid == first.pid


async def test_stop_ends_the_engine_with_the_cause(supervisor: Supervisor, tmp_path: Path) -> None:
    pid = (await supervisor.ensure()).pid
    await supervisor.stop("removed")
    assert await asyncio.to_thread(wait_for_end, pid)
    assert "Engine stops: removed" in (tmp_path / "state/engine.log").read_text()
    with pytest.raises(ArchiveUnavailable):
        await supervisor.archive.status()


async def test_engine_that_hangs_is_replaced(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "_SOON_S", 1.0)
    monkeypatch.setattr(module, "_LEASE_S", 0.1)
    monkeypatch.setattr(module, "_LOOK_S", 0.1)
    monkeypatch.setattr(module, "_UNANSWERED", 1)
    await supervisor.start()
    assert supervisor.hello
    pid = supervisor.hello.pid
    os.kill(pid, signal.SIGSTOP)
    await until(lambda: supervisor.hello and supervisor.hello.pid != pid)


async def test_engine_that_hung_before_we_came_is_replaced(
    hass: HomeAssistant, supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = (await supervisor.ensure()).pid
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr(builtin, "_SOON_S", 1.0)
    monkeypatch.setattr(module, "_START_S", 1)
    other = Supervisor(hass, tmp_path / "state")
    await other.start()
    monkeypatch.undo()  # a new engine may take its time
    await until(lambda: other.hello and other.hello.pid != pid)
    await other.close()


async def test_status_and_refusals_are_typed(supervisor: Supervisor) -> None:
    await supervisor.ensure()
    archive = supervisor.archive
    result = await archive.configure(desired(2, camera()))
    assert result.applied == (UID,)
    status = await archive.status()
    assert status.rev == 2
    assert isinstance(status.cameras[UID].state, CameraState)
    assert status.cameras[UID].live_url
    with pytest.raises(ArchiveRefused) as refused:
        await archive.timeline("f" * 32, 0, 1)
    assert refused.value.code == "unknown_camera"
    with pytest.raises(ArchiveRefused) as refused:
        async with archive.open_media(UID, "main", "../../hello"):
            pass
    assert refused.value.code == "not_found"


async def test_events_are_numbered_and_replayed(supervisor: Supervisor) -> None:
    await supervisor.ensure()
    archive = supervisor.archive
    await archive.configure(desired(1))
    await archive.configure(desired(2))
    seen = []
    async for event in archive.events():
        seen.append(event)
        if event.kind == "config" and event.data["rev"] == 2:
            break
    first = next(event for event in seen if event.kind == "config")
    async for event in archive.events(first.n):
        assert event.n == first.n + 1
        break
    async for event in archive.events(1):
        assert event.kind == "lost"
        break


async def test_secrets_are_nowhere_to_be_seen(supervisor: Supervisor, tmp_path: Path) -> None:
    pid = (await supervisor.ensure()).pid
    await supervisor.archive.configure(desired(1, camera()))

    async def tried() -> bool:
        state = (await supervisor.archive.status()).cameras[UID].state
        return state in (CameraState.UNREACHABLE, CameraState.REFUSED)

    await until(tried)
    status = await supervisor.archive.status()
    assert CANARY not in repr(status)
    assert CANARY not in repr(camera())
    process = Path(f"/proc/{pid}")
    for name in ("cmdline", "environ"):
        assert CANARY.encode() not in (process / name).read_bytes()
    for path in (tmp_path / "state").iterdir():
        if path.name != "config.json":
            assert CANARY.encode() not in path.read_bytes(), path.name


async def test_engine_gets_none_of_home_assistants_environment(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERVISOR_TOKEN", CANARY)
    pid = (await supervisor.ensure()).pid
    assert CANARY.encode() not in Path(f"/proc/{pid}/environ").read_bytes()


async def test_nobody_there_is_told_as_unavailable(tmp_path: Path) -> None:
    archive = BuiltinArchive(tmp_path)
    with pytest.raises(ArchiveUnavailable):
        await archive.status()
    (tmp_path / "socket.path").write_text(str(tmp_path / "nothing"))
    with pytest.raises(ArchiveUnavailable):
        await archive.status()
    await archive.close()
