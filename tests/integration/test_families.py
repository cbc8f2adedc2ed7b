"""The people as Home Assistant holds them: one thread, one snapshot, and the ledger's word."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
import shutil
import time

from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten import families as module
from custom_components.kindergarten.engine.people.errors import PeopleError
from custom_components.kindergarten.engine.people.opening import keys_of
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.engine.people.records import Credentials
from custom_components.kindergarten.families import Families, async_shut_everybody_out

from .fake_archive import FakeArchive

FIRST_DAY = date(2026, 9, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the people are."""
    return tmp_path / "private"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a silent archive again at once."""
    monkeypatch.setattr(module, "RETRY_S", 0.01)


class Running:
    """The families of a folder, followed by nobody or by an archive."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        self.hass, self.folder = hass, folder
        self.families: Families | None = None
        self.following: asyncio.Task[None] | None = None

    async def start(self, archive: FakeArchive | None = None) -> Families:
        """Open, and begin to follow."""
        self.families = await Families.load(self.hass, self.folder)
        if archive is not None:
            self.following = asyncio.create_task(self.families.async_follow(archive, 400))
        return self.families

    async def stop(self) -> None:
        """End all."""
        if self.following is not None:
            self.following.cancel()
            await asyncio.gather(self.following, return_exceptions=True)
        if self.families is not None:
            await self.families.close()
        self.families = self.following = None


@pytest.fixture
async def running(hass: HomeAssistant, folder: Path) -> AsyncIterator[Running]:
    """Return families that can be started and stopped."""
    running = Running(hass, folder)
    yield running
    await running.stop()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.01)


async def _phone(families: Families) -> Credentials:
    child = await families.do(People.add_child, "Айгерим")
    guardian = await families.do(People.add_guardian, "Динара", "", "kk", FIRST_DAY)
    await families.do(People.link, guardian, child)
    link = await families.do(People.invite, guardian)
    return await families.do(People.redeem, link.id, link.secret, link.code, "nonce", "iPhone")


def _let_in(families: Families, phone: Credentials) -> bool:
    now_us = time.time_ns() // 1000
    return families.snapshot.device(phone.device_id, phone.secret, now_us) is not None


async def test_a_change_is_in_the_snapshot_and_told_in_the_loop(running: Running) -> None:
    families = await running.start()
    told: list[int] = []

    def hear() -> None:
        asyncio.get_running_loop()
        told.append(families.snapshot.generation)

    stop = families.async_listen(hear)
    group = await families.do(People.add_group, "Күншуақ")
    assert families.snapshot.groups[group].name == "Күншуақ"
    assert told == [1]
    stop()
    await families.do(People.add_group, "Ай")
    assert told == [1]


async def test_what_is_refused_is_said(running: Running) -> None:
    families = await running.start()
    with pytest.raises(PeopleError) as refused:
        await families.do(People.add_group, "<>")
    assert (refused.value.code, refused.value.field) == ("name_missing", "name")


async def test_a_caller_who_leaves_stops_nothing(running: Running) -> None:
    families = await running.start()
    leaving = asyncio.create_task(families.do(People.add_group, "Күншуақ"))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    await _until(lambda: len(families.snapshot.groups) == 1)


async def test_the_ledger_is_told_of_every_generation_it_has_to_know(
    running: Running, archive: FakeArchive
) -> None:
    families = await running.start(archive)
    await _phone(families)
    await _until(lambda: archive.generations[-1:] == [families.snapshot.generation])
    assert archive.generations == sorted(set(archive.generations))


async def test_phones_are_let_in_again_once_the_ledger_was_asked(
    running: Running, archive: FakeArchive, soon: None
) -> None:
    families = await running.start(archive)
    phone = await _phone(families)
    await _until(lambda: archive.generations[-1:] == [families.snapshot.generation])
    await running.stop()
    archive.reachable = False
    families = await running.start(archive)
    await asyncio.sleep(0.1)
    assert families.snapshot.locked
    assert not _let_in(families, phone)
    archive.reachable = True
    await _until(lambda: _let_in(families, phone))
    assert not families.restored


async def test_new_people_need_no_ledger_to_be_let_in(running: Running, archive: FakeArchive) -> None:
    archive.reachable = False
    families = await running.start(archive)
    assert _let_in(families, await _phone(families))


async def test_a_restored_backup_revives_nobody(
    running: Running, archive: FakeArchive, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    families = await running.start(archive)
    phone = await _phone(families)
    await _until(lambda: archive.generations[-1:] == [families.snapshot.generation])
    await running.stop()
    shutil.copytree(folder, folder.with_name("backup"))
    families = await running.start(archive)
    await _until(lambda: _let_in(families, phone))
    await families.do(People.revoke_device, phone.device_id)
    await _until(lambda: archive.generations[-1:] == [families.snapshot.generation])
    known = archive.generations[-1]
    await running.stop()
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("backup"), folder)

    families = await running.start(archive)
    assert not _let_in(families, phone)
    await _until(lambda: families.restored and not families.snapshot.locked)
    assert not _let_in(families, phone)
    await _until(lambda: archive.generations[-1] > known)
    assert "Динара" not in caplog.text


async def test_another_archive_is_told_too(running: Running, archive: FakeArchive) -> None:
    families = await running.start(archive)
    phone = await _phone(families)
    await _until(lambda: archive.generations[-1:] == [families.snapshot.generation])
    await running.stop()
    archive.generations.clear()
    families = await running.start(archive)
    await _until(lambda: archive.generations == [families.snapshot.generation])
    assert _let_in(families, phone)


async def test_a_file_that_cannot_be_read_closes_everything_and_says_why(
    running: Running, archive: FakeArchive, folder: Path
) -> None:
    families = await running.start()
    phone = await _phone(families)
    await running.stop()
    (keys_of(folder) / "people.key").unlink()
    families = await running.start(archive)
    assert (families.available, families.error) == (False, "key_missing")
    assert families.snapshot.locked
    assert not _let_in(families, phone)
    with pytest.raises(PeopleError, match="key_missing"):
        await families.do(People.add_group, "Ай")


async def test_a_clock_that_was_ahead_once_closes_the_portal_only_until_it_is_surely_right(
    running: Running, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.05)
    families = await running.start()
    phone = await _phone(families)
    await running.stop()
    with monkeypatch.context() as wrong:
        wrong.setattr(module, "_now_us", lambda: time.time_ns() // 1000 + 4000 * 86_400_000_000)
        await running.start()
        await running.stop()
    status = await archive.status()
    assert status.clock is not None
    archive.now = replace(status, clock=replace(status.clock, trust=1))
    families = await running.start(archive)
    await asyncio.sleep(0.2)
    assert not _let_in(families, phone)
    archive.now = status
    await _until(lambda: _let_in(families, phone))


async def test_what_is_due_is_forgotten_once_an_hour_and_no_change_puts_it_off(
    running: Running, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.05)
    families = await running.start(archive)
    child = await families.do(People.add_child, "Айгерим")
    await families.do(People.set_presence, [child], FIRST_DAY)
    async with asyncio.timeout(60):
        while families.snapshot.presences:
            await families.do(People.change_child, child, "Айгерим")
            await asyncio.sleep(0.01)


async def test_a_kindergarten_that_is_removed_leaves_no_phone_behind(
    hass: HomeAssistant, running: Running, folder: Path
) -> None:
    families = await running.start()
    phone = await _phone(families)
    await running.stop()
    await async_shut_everybody_out(hass, folder)
    families = await running.start()
    assert not _let_in(families, phone)
    assert [each.name for each in families.snapshot.children.values()] == ["Айгерим"]


async def test_removing_a_kindergarten_without_people_makes_no_file(
    hass: HomeAssistant, folder: Path
) -> None:
    await async_shut_everybody_out(hass, folder)
    assert not folder.exists()


async def test_after_the_end_nothing_is_done_any_more(running: Running) -> None:
    families = await running.start()
    await families.close()
    with pytest.raises(PeopleError):
        await families.do(People.add_group, "Ай")
