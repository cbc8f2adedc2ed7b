"""Actions that take a while: what they begin, wait for and answer."""

import asyncio
from dataclasses import replace

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.evidence import (
    EvidenceFile,
    Export,
    Pack,
    WantedVerify,
)
from custom_components.kindergarten.archive.protocol import Job, LongTask

from ..fake_archive import PLAYROOM, FakeArchive, site_status, state_of
from .kit import act, finished


async def test_export_that_nobody_waits_for_is_cancelled(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.export_states = [Export(id="e1", state="running", progress=0.1)]
    waiting = hass.async_create_task(act(hass, "export", person))
    while not archive.exports:
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert archive.removed == [("exports", "e1")]


async def test_export_that_failed_is_an_error(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.export_states = [Export(id="e1", state="failed")]
    with pytest.raises(HomeAssistantError):
        await act(hass, "export", person)


async def test_pack_is_of_the_last_thirty_days_without_names(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.job_states = [finished(id="p1")]
    archive.made = (Pack(id="p1", files=(EvidenceFile(name="report-kk.pdf", bytes=9),)),)
    answer = await act(hass, "create_inspection_pack", person)

    (wanted,) = archive.packed
    assert (wanted.mode, wanted.languages) == ("hand_over", ("kk", "ru", "en"))
    assert wanted.to_us - wanted.from_us == 30 * 86_400 * 1_000_000
    assert (wanted.to_us // 1_000_000 + 5 * 3600) % 86_400 == 0
    assert answer["pack"] == "p1"
    assert answer["files"][0]["name"] == "report-kk.pdf"


async def test_full_pack_is_asked_for_twice(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    with pytest.raises(ServiceValidationError):
        await act(hass, "create_inspection_pack", person, mode="full")
    assert archive.packed == []

    archive.job_states = [finished(id="p1")]
    await act(hass, "create_inspection_pack", person, mode="full", confirm=True)
    assert archive.packed[0].mode == "full"


async def test_verifying_answers_with_what_was_found(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.job_states = [finished(files=9000, bytes=5, bad=0, missing=0)]
    assert await act(hass, "verify_archive", person, depth="full") == {
        "files": 9000,
        "bytes": 5,
        "bad": 0,
        "missing": 0,
        "found": [],
        "open": ["no_head_from_outside", "no_key_from_outside"],
        "key": None,
        "signed_to": 0,
    }
    assert archive.verified == [WantedVerify(depth="full")]

    found = {
        "counts": {"bad": 1, "injected": 2, "missing": 3},
        "files": 9,
        "bytes": 5,
        "bad": [{}],
        "missing": [],
    }
    archive.job_states = [finished(**found)]
    answer = await act(hass, "verify_archive", person)
    assert (answer["bad"], answer["missing"]) == (3, 3)


async def test_verifying_names_camera_and_hour_and_what_stays_open(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    gone = {"what": "file_missing", "camera": PLAYROOM, "hour": 1_795_300_000_000_000, "path": "video/a.mp4"}
    torn = {"what": "ledger_torn", "camera": None, "hour": None, "path": None}
    archive.job_states = [
        finished(counts={"missing": 1}, missing=[gone], open=[torn], key="ab" * 32, signed_to=7)
    ]
    answer = await act(hass, "verify_archive", person, head="12345 67890 12345 67890", key="AB" * 32)
    assert archive.verified == [
        WantedVerify(depth="quick", head="12345678901234567890", fingerprint="ab" * 32)
    ]
    (found,) = answer["found"]
    assert (found["what"], found["path"]) == ("file_missing", "video/a.mp4")
    assert found["hour"].startswith("2026-11-")
    assert answer["open"] == ["ledger_torn"]
    assert answer["signed_to"] == 7

    await act(hass, "verify_archive", person, head=f"17:{'cd' * 32}")
    assert (archive.verified[-1].n, archive.verified[-1].head) == (17, "cd" * 32)
    with pytest.raises(probatio.Invalid):
        await act(hass, "verify_archive", person, head="12345")


@pytest.mark.parametrize("name", ["export", "create_inspection_pack", "verify_archive"])
async def test_whoever_does_not_wait_gets_the_number_of_the_task(
    hass: HomeAssistant, archive: FakeArchive, person: Context, name: str
) -> None:
    archive.job_states = [Job(id="x", kind=name, state="running", done=0.1, detail="")]
    archive.export_states = [Export(id="x", state="running", progress=0.1)]
    answer = await act(hass, name, person, wait=False)
    assert list(answer) == ["task"]
    assert archive.removed == []


async def test_task_is_cancelled(
    hass: HomeAssistant, archive: FakeArchive, person: Context, quick: None
) -> None:
    running = Job(id="ab12", kind="export", state="running", done=0.1, detail="")
    archive.job_states = [running, running, replace(running, state="cancelled")]
    assert await act(hass, "cancel_task", person) == {"task": "ab12", "state": "cancelled"}
    assert archive.removed == [("jobs", "ab12")]


async def test_running_task_is_a_state_and_its_progress_an_attribute(
    hass: HomeAssistant, archive: FakeArchive, kindergarten: MockConfigEntry
) -> None:
    (name,) = [each for each in hass.states.async_entity_ids("sensor") if each.endswith("_long_task")]
    assert state_of(hass, name).state == "idle"
    coordinator = kindergarten.runtime_data.coordinator
    for share in (0.2, 0.6):
        task = LongTask(id="e1", kind="export", state="running", progress=share)
        coordinator.async_set_updated_data(
            replace(coordinator.data, status=replace(site_status(), tasks=(task,)))
        )
        state = state_of(hass, name)
        assert (state.state, state.attributes["progress_percent"]) == ("export", round(share * 100))
