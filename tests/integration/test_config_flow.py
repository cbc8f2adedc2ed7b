"""Setting up the kindergarten, and changing it later."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.flows import folder as folder_module
from custom_components.kindergarten.flows.mounts import Surroundings
from custom_components.kindergarten.flows.places import Place
from tests.integration.fake_archive import FakeSupervisor, load
from tests.integration.flow_kit import PlayedArchive, entry_of, suggested

SITE = "custom_components.kindergarten.flows.site"


@pytest.fixture(autouse=True)
def surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, supervisor: FakeSupervisor
) -> Iterator[Surroundings]:
    """A machine with a large and fast disk, on which Home Assistant does not live."""
    machine = Surroundings(
        config_dir=Path("/proc"), media_dirs=(tmp_path / "media",), mountinfo=tmp_path / "mountinfo"
    )
    machine.mountinfo.write_text(
        "36 35 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
        f"37 36 8:17 / {tmp_path} rw,noatime - ext4 /dev/sdb1 rw\n"
    )
    monkeypatch.setattr(folder_module, "SLOW_BYTES_S", 0)
    monkeypatch.setattr(folder_module, "DAY_BYTES", 1)
    with patch(f"{SITE}.surroundings_of", return_value=machine):
        yield machine


@pytest.fixture
def archive() -> PlayedArchive:
    """An archive that begins anew in every folder."""
    return PlayedArchive()


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """An empty folder on the large disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


async def _start(hass: HomeAssistant, name: str = "Sunshine", profile: str = "kz_2026") -> Mapping[str, Any]:
    result: Mapping[str, Any] = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return await _answer(hass, result, name=name, profile=profile)


async def _answer(hass: HomeAssistant, result: Mapping[str, Any], **user_input: Any) -> Mapping[str, Any]:
    return await hass.config_entries.flow.async_configure(result["flow_id"], user_input)


async def _choose(hass: HomeAssistant, result: Mapping[str, Any], option: str) -> Mapping[str, Any]:
    assert option in result["menu_options"]
    return await _answer(hass, result, next_step_id=option)


async def test_owner_sets_up_the_kindergarten_and_goes_on_to_the_first_camera(
    hass: HomeAssistant, disk: Path
) -> None:
    result: Mapping[str, Any] = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    result = await _answer(hass, result, name="  Sunshine ", profile="kz_2026")
    assert result["step_id"] == "folder"
    result = await _answer(hass, result, path=str(disk / "new" / "archive"))
    assert result["step_id"] == "retention"
    assert suggested(result) == {"retention_days": 32}
    result = await _answer(hass, result, retention_days=33)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Sunshine"
    assert result["data"] == {
        "profile": "kz_2026",
        "archive_path": str(disk / "new" / "archive"),
        "archive_id": None,
    }
    assert result["options"] == {"retention_days": 33}
    assert result["result"].unique_id == DOMAIN
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    assert hass.config_entries.subentries.async_get(flow_id)["step_id"] == "user"
    assert list((disk / "new" / "archive").iterdir()) == []


async def test_given_up_set_up_leaves_no_folder_behind(hass: HomeAssistant, disk: Path) -> None:
    result = await _answer(hass, await _start(hass), path=str(disk / "new" / "archive"))
    assert (disk / "new" / "archive").is_dir()
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert list(disk.iterdir()) == []


async def test_only_the_folder_that_is_used_stays_of_those_that_were_tried(
    hass: HomeAssistant, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = await _start(hass)
    monkeypatch.setattr(folder_module, "SLOW_BYTES_S", 1e18)
    result = await _answer(hass, flow, path=str(disk / "new" / "first"))
    result = await _choose(hass, result, "folder")
    monkeypatch.setattr(folder_module, "SLOW_BYTES_S", 0)
    result = await _answer(hass, result, path=str(disk / "new" / "second"))
    result = await _answer(hass, result, retention_days=33)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert [each.name for each in (disk / "new").iterdir()] == ["second"]


async def test_second_kindergarten_is_refused(hass: HomeAssistant, disk: Path) -> None:
    await load(hass, entry_of(disk))
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "single_instance_allowed")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("   ", "name_missing"),
        ("s" * 10_000, "name_too_long"),
        ("Sun\x07shine", "name_characters"),
        ("Sun\nshine", "name_characters"),
        ("Sun\u202eshine", "name_characters"),
        ("\ud800", "name_characters"),
        ("<img src=x onerror=alert(1)>", "name_characters"),
    ],
)
async def test_unusable_name_is_refused_and_can_be_corrected(
    hass: HomeAssistant, name: str, error: str
) -> None:
    result = await _start(hass, name)
    assert result["step_id"] == "user"
    assert result["errors"] == {"name": error}
    assert suggested(result)["name"] == name
    result = await _answer(hass, result, name="Солнышко & Co *1*", profile="other")
    assert result["step_id"] == "folder"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("", "path_missing"),
        ("   ", "path_missing"),
        ("recordings", "path_relative"),
        ("~/recordings", "path_relative"),
        ("/mnt/../etc", "path_dots"),
        ("/" + "d" * 10_000, "path_too_long"),
        ("/" + "d" * 300, "path_too_long"),
        ("/mnt/\x00disk", "path_characters"),
        ("/mnt/a\tdisk", "path_characters"),
        ("/mnt/<b>disk</b>", "path_characters"),
        ("\\\\nas\\video", "path_characters"),
        ("/", "path_in_system"),
        ("/etc/kindergarten", "path_in_system"),
        ("/proc/kindergarten", "path_in_system"),
        ("/tmp", "path_in_system"),
    ],
)
async def test_unusable_path_is_refused_and_can_be_corrected(
    hass: HomeAssistant, disk: Path, path: str, error: str
) -> None:
    result = await _answer(hass, await _start(hass), path=path)
    assert result["step_id"] == "folder"
    assert result["errors"] == {"path": error}
    assert suggested(result)["path"] == path
    result = await _answer(hass, result, path=str(disk))
    assert result["step_id"] == "retention"


async def test_folder_in_home_assistants_own_folders_is_refused(
    hass: HomeAssistant, tmp_path: Path, disk: Path
) -> None:
    (tmp_path / "media").mkdir()
    (disk / "looks_harmless").symlink_to(tmp_path / "media")
    result = await _start(hass)
    for path in (tmp_path / "media" / "archive", disk / "looks_harmless" / "archive", tmp_path):
        result = await _answer(hass, result, path=str(path))
        assert result["errors"] == {"path": "path_in_media"}
    result = await _answer(hass, result, path=str(disk / "archive"))
    assert result["step_id"] == "retention"


async def test_folder_in_the_configuration_is_refused(hass: HomeAssistant, disk: Path) -> None:
    machine = Surroundings(config_dir=disk / "config", media_dirs=())
    with patch(f"{SITE}.surroundings_of", return_value=machine):
        result = await _answer(hass, await _start(hass), path=str(disk / "config" / "www"))
    assert result["errors"] == {"path": "path_in_config"}
    assert not (disk / "config").exists()


async def test_folder_with_other_files_is_refused_with_a_better_one_named(
    hass: HomeAssistant, disk: Path
) -> None:
    (disk / "holiday.jpg").write_bytes(b"a picture")
    (disk / "lost+found").mkdir()
    result = await _answer(hass, await _start(hass), path=str(disk))
    assert result["errors"] == {"path": "folder_not_empty"}
    assert result["description_placeholders"]["suggestion"] == str(disk / "kindergarten")
    result = await _answer(hass, result, path=str(disk / "kindergarten"))
    assert result["step_id"] == "retention"
    assert (disk / "holiday.jpg").read_bytes() == b"a picture"


async def test_file_is_no_folder(hass: HomeAssistant, disk: Path) -> None:
    (disk / "file").write_bytes(b"")
    result = await _start(hass)
    for path in (disk / "file", disk / "file" / "below"):
        result = await _answer(hass, result, path=str(path))
        assert result["errors"] == {"path": "folder_not_a_folder"}


async def test_archive_of_ours_is_offered_for_adoption(hass: HomeAssistant, disk: Path) -> None:
    (disk / "kindergarten-archive.json").write_text(json.dumps({"archive_id": "b" * 32}))
    (disk / "video").mkdir()
    result = await _answer(hass, await _start(hass), path=str(disk))
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "adopt")
    flow = hass.config_entries.flow
    assert (await flow.async_configure(result["flow_id"]))["step_id"] == "adopt"
    result = await _choose(hass, result, "folder")
    assert result["step_id"] == "folder"
    result = await _choose(hass, await _answer(hass, result, path=str(disk)), "adopt_archive")
    result = await _answer(hass, result, retention_days=30)
    assert result["data"]["archive_id"] == "b" * 32


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"archive_id": 7}', '{"archive_id": ""}', "\x00"])
async def test_damaged_description_of_an_archive_is_never_overwritten(
    hass: HomeAssistant, disk: Path, text: str
) -> None:
    marker = disk / "kindergarten-archive.json"
    marker.write_text(text)
    result = await _answer(hass, await _start(hass), path=str(disk))
    assert result["errors"] == {"path": "archive_unreadable"}
    assert marker.read_text() == text


async def test_remarks_on_a_folder_are_shown_before_it_is_used(
    hass: HomeAssistant, disk: Path, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.config.language = "ru"
    surroundings.mountinfo.write_text(f"37 36 0:45 / {disk} rw - cifs //nas/video rw\n")
    monkeypatch.setattr(folder_module, "SLOW_BYTES_S", 1e15)
    monkeypatch.setattr(folder_module, "DAY_BYTES", 1e18)
    result = await _answer(hass, await _start(hass), path=str(disk))
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "folder_notes")
    notes = result["description_placeholders"]["notes"].splitlines()
    assert len(notes) == 3
    assert "cifs" in notes[0]
    assert "0.0 дн. для восьми камер, а по правилам нужно 30" in notes[2]
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert result["step_id"] == "folder_notes"
    result = await _choose(hass, result, "accept_folder")
    assert result["step_id"] == "retention"


async def test_places_are_offered_with_free_space_and_days(hass: HomeAssistant, disk: Path) -> None:
    places = [
        Place(path=str(disk / "kindergarten"), free_bytes=2_000_000_000_000),
        Place(path="/mnt/small", free_bytes=500_000_000_000),
    ]
    with patch(f"{SITE}.async_find_places", return_value=places):
        result = await _start(hass)
    options = result["data_schema"].schema["place"].config["options"]
    assert options[0]["label"] == f"{disk}/kindergarten: 2.0 TB free, about 12 days for 8 cameras"
    assert options[1]["label"] == "/mnt/small: 500 GB free, about 2.9 days for 8 cameras"
    assert suggested(result) == {"place": str(disk / "kindergarten")}
    result = await _answer(hass, result, place=str(disk / "kindergarten"))
    assert result["step_id"] == "retention"


async def test_folder_is_typed_where_no_place_was_found(hass: HomeAssistant, disk: Path) -> None:
    with patch(f"{SITE}.async_find_places", return_value=[]):
        result = await _start(hass)
    assert [str(field) for field in result["data_schema"].schema] == ["path"]
    result = await _answer(hass, result, path=str(disk))
    assert result["step_id"] == "retention"


async def test_typed_folder_goes_before_a_chosen_place(hass: HomeAssistant, disk: Path) -> None:
    places = [Place(path=str(disk / "one"), free_bytes=1)]
    with patch(f"{SITE}.async_find_places", return_value=places):
        result = await _start(hass)
    result = await _answer(hass, result, place=str(disk / "one"), path=str(disk / "two"))
    result = await _answer(hass, result, retention_days=31)
    assert result["data"]["archive_path"] == str(disk / "two")


@pytest.mark.parametrize("days", [1, 29])
async def test_fewer_days_than_the_law_asks_for_are_refused(
    hass: HomeAssistant, disk: Path, days: int
) -> None:
    result = await _answer(hass, await _start(hass), path=str(disk))
    result = await _answer(hass, result, retention_days=days)
    assert result["errors"] == {"retention_days": "below_minimum"}
    assert result["description_placeholders"]["minimum"] == "30"
    assert suggested(result) == {"retention_days": days}
    result = await _answer(hass, result, retention_days=30)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_other_profile_takes_any_number_of_days(hass: HomeAssistant, disk: Path) -> None:
    result = await _answer(hass, await _start(hass, profile="other"), path=str(disk))
    assert result["description_placeholders"] == {"minimum": "1", "maximum": "–"}
    result = await _answer(hass, result, retention_days=400)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_more_days_than_recommended_are_asked_back(hass: HomeAssistant, disk: Path) -> None:
    result = await _answer(hass, await _start(hass), path=str(disk))
    result = await _answer(hass, result, retention_days=90)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "long_retention")
    assert result["description_placeholders"]["maximum"] == "35"
    result = await _choose(hass, result, "retention")
    assert suggested(result) == {"retention_days": 90}
    result = await _choose(hass, await _answer(hass, result, retention_days=90), "finish")
    assert result["options"] == {"retention_days": 90}


async def test_archive_moves_to_another_folder_after_a_warning(hass: HomeAssistant, disk: Path) -> None:
    entry = await load(hass, entry_of(disk / "old"))
    result = await entry.start_reconfigure_flow(hass)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "reconfigure")
    result = await _choose(hass, result, "folder")
    result = await _answer(hass, result, path=str(disk / "new"))
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "move")
    assert (await hass.config_entries.flow.async_configure(result["flow_id"]))["step_id"] == "move"
    assert entry.data["archive_path"] == str(disk / "old")
    result = await _choose(hass, result, "move_archive")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert entry.data["archive_path"] == str(disk / "new")
    assert [volume["archive_path"] for volume in entry.data["old_archives"]] == [str(disk / "old")]
    assert entry.data["archive_id"] == f"new at {disk / 'new'}"
    assert entry.options == {"retention_days": 32}


async def test_moving_to_the_same_folder_changes_nothing(hass: HomeAssistant, disk: Path) -> None:
    entry = await load(hass, entry_of(disk))
    (disk / "kindergarten-archive.json").write_text(json.dumps({"archive_id": "a" * 32}))
    result = await _choose(hass, await entry.start_reconfigure_flow(hass), "folder")
    result = await _answer(hass, result, path=f"{disk}/")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "same_folder")
    assert entry.data["archive_id"] == "a" * 32


async def test_profile_changes_and_asks_for_days_that_suit_it(hass: HomeAssistant, disk: Path) -> None:
    entry = await load(hass, entry_of(disk, profile="other"))
    hass.config_entries.async_update_entry(entry, options={"retention_days": 7, "without_ha_hours": 5})
    result = await _choose(hass, await entry.start_reconfigure_flow(hass), "profile")
    result = await _answer(hass, result, profile="kz_2026")
    assert result["step_id"] == "retention"
    result = await _answer(hass, result, retention_days=30)
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["profile"] == "kz_2026"
    assert entry.options == {"retention_days": 30, "without_ha_hours": 5}


async def test_profile_changes_without_a_question_when_the_days_suit_it(
    hass: HomeAssistant, disk: Path
) -> None:
    entry = await load(hass, entry_of(disk))
    result = await _choose(hass, await entry.start_reconfigure_flow(hass), "profile")
    assert suggested(result) == {"profile": "kz_2026"}
    result = await _answer(hass, result, profile="other")
    assert result["reason"] == "reconfigure_successful"
    assert (entry.data["profile"], entry.options["retention_days"]) == ("other", 32)
