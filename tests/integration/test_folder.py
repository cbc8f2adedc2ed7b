"""Trying folders and finding places for an archive."""

import errno
import os
from pathlib import Path
import threading
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.flows import folder, places
from custom_components.kindergarten.flows.folder import FolderError, Trial, try_folder
from custom_components.kindergarten.flows.mounts import Mount, Surroundings, is_sd_card, parse


def _machine(tmp_path: Path, *mounts: str, config_dir: Path = Path("/proc")) -> Surroundings:
    """Return a machine with these mounts, each as `point kind source`."""
    info = tmp_path / "mountinfo"
    lines = [f"{n} 1 0:{n} / {point} rw,relatime shared:1 - {kind} {source} rw" for n, (point, kind, source) in
             enumerate(mount.split() for mount in mounts)]  # fmt: skip
    info.write_text("\n".join(lines))
    blocks = tmp_path / "sys_block"
    return Surroundings(config_dir=config_dir, media_dirs=(), mountinfo=info, sys_block=blocks)


def _codes(trial: Trial) -> list[str]:
    return [note.code for note in trial.notes]


@pytest.fixture(autouse=True)
def fast_and_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever disk the tests run on, it is fast and large enough."""
    monkeypatch.setattr(folder, "SLOW_BYTES_S", 0)
    monkeypatch.setattr(folder, "DAY_BYTES", 1)


def test_mounts_are_read_as_the_system_writes_them() -> None:
    text = (
        "36 35 8:1 / / rw,relatime master:1 - ext4 /dev/sda1 rw\n"
        "nonsense\n"
        "40 36 8:17 / /mnt/my\\040disk ro,noatime - exfat /dev/sdb1 ro\n"
    )
    assert parse(text) == (
        Mount(point="/", kind="ext4", source="/dev/sda1", writable=True),
        Mount(point="/mnt/my disk", kind="exfat", source="/dev/sdb1", writable=False),
    )


def test_path_lies_on_the_last_of_the_deepest_mounts(tmp_path: Path) -> None:
    machine = _machine(
        tmp_path, "/ ext4 /dev/a", "/mnt ext4 /dev/b", "/mnt cifs //nas/video", "/mntx ext4 /dev/c"
    )
    mount = machine.mount_of(Path("/mnt/archive"))
    assert mount is not None
    assert mount.source == "//nas/video"


def test_system_that_tells_no_mounts_is_no_obstacle(tmp_path: Path) -> None:
    machine = Surroundings(config_dir=Path("/proc"), media_dirs=(), mountinfo=tmp_path / "none")
    assert _codes(try_folder(str(tmp_path / "archive"), machine, 30)) == []


@pytest.mark.parametrize(
    ("mount", "codes"),
    [
        ("{} ext4 /dev/sdb1", []),
        ("{} nfs4 nas:/video", ["network"]),
        ("{} vfat /dev/sdb1", ["fat"]),
        ("{} tmpfs tmpfs", ["memory"]),
        ("{} overlay overlay", ["container"]),
        ("/ ext4 /dev/sda1", ["system_disk"]),
        ("{} ext4 /dev/mmcblk0p2", ["sd_card"]),
    ],
)
def test_what_a_folder_lies_on_is_told(tmp_path: Path, mount: str, codes: list[str]) -> None:
    machine = _machine(tmp_path, mount.format(tmp_path))
    trial = try_folder(str(tmp_path / "archive"), machine, 30)
    assert _codes(trial) == codes
    assert trial.bytes_s > 0
    assert trial.days == trial.free_bytes


def test_disk_of_the_configuration_is_told(tmp_path: Path) -> None:
    machine = _machine(tmp_path, f"{tmp_path} ext4 /dev/sdb1", config_dir=tmp_path / "config")
    (tmp_path / "config").mkdir()
    assert _codes(try_folder(str(tmp_path / "archive"), machine, 30)) == ["system_disk"]


@pytest.mark.parametrize(("kind", "expected"), [("SD", True), ("MMC", False), (None, True)])
def test_memory_card_is_told_from_soldered_storage(tmp_path: Path, kind: str | None, expected: bool) -> None:
    if kind:
        (tmp_path / "mmcblk0/device").mkdir(parents=True)
        (tmp_path / "mmcblk0/device/type").write_text(f"{kind}\n")
    mount = Mount(point="/", kind="ext4", source="/dev/mmcblk0p2", writable=True)
    assert is_sd_card(mount, tmp_path) is expected


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "folder_no_permission"),
        (errno.EROFS, "folder_read_only"),
        (errno.ENOSPC, "folder_full"),
        (errno.EDQUOT, "folder_full"),
        (errno.EIO, "folder_failed"),
        (errno.EINVAL, "folder_no_sync"),
    ],
)
def test_refusal_of_the_disk_is_put_into_words_and_leaves_nothing_behind(
    tmp_path: Path, number: int, code: str
) -> None:
    refusal = OSError(number, os.strerror(number))
    with (
        patch.object(os, "fsync", side_effect=refusal),
        pytest.raises(FolderError) as raised,
    ):
        try_folder(str(tmp_path / "a" / "b"), _machine(tmp_path), 30)
    assert raised.value.code == code
    assert not (tmp_path / "a").exists()


def test_trial_of_a_folder_that_was_there_leaves_it_as_it_was(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "lost+found").mkdir()
    try_folder(f" {archive}/ ", _machine(tmp_path), 30)
    assert [path.name for path in archive.iterdir()] == ["lost+found"]


async def test_folder_that_never_answers_is_given_up(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken = threading.Event()
    monkeypatch.setattr(places, "TRIAL_DEADLINE_S", 0.05)
    with patch.object(os, "fsync", side_effect=lambda _: woken.wait(600)):
        with pytest.raises(FolderError) as raised:
            await places.async_try_folder(hass, str(tmp_path / "a"), _machine(tmp_path), 30)
        woken.set()
        await hass.async_block_till_done()
    assert raised.value.code == "folder_hangs"


async def test_places_are_disks_and_network_folders_that_can_be_used(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    for name in ("disk", "nas", "ours", "memory", "config"):
        (tmp_path / name).mkdir()
    (tmp_path / "ours/kindergarten-archive.json").write_text("{}")
    machine = _machine(
        tmp_path,
        "/ ext4 /dev/sda1",
        "/boot/efi vfat /dev/sda2",
        "/backup ext4 /dev/sda1",
        f"{tmp_path}/disk ext4 /dev/sdb1",
        f"{tmp_path}/nas cifs //nas/video",
        f"{tmp_path}/ours ext4 /dev/sdc1",
        f"{tmp_path}/memory tmpfs tmpfs",
        f"{tmp_path}/config ext4 /dev/sda1",
        f"{tmp_path}/vanished ext4 /dev/sdd1",
        config_dir=tmp_path / "config",
    )
    found = await places.async_find_places(hass, machine)
    assert {place.path for place in found} == {
        f"{tmp_path}/disk/kindergarten",
        f"{tmp_path}/nas/kindergarten",
        f"{tmp_path}/ours",
        f"{tmp_path}/kindergarten",
    }
    assert all(place.free_bytes > 0 and place.days > 0 for place in found)


async def test_full_disk_is_no_place(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MINIMUM_FREE_BYTES", 1e18)
    assert await places.async_find_places(hass, _machine(tmp_path, f"{tmp_path} ext4 /dev/sdb1")) == []


async def test_place_that_never_answers_is_left_out(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken = threading.Event()
    monkeypatch.setattr(places, "LOOK_DEADLINE_S", 0.05)
    with patch.object(places, "free_bytes", side_effect=lambda _: int(woken.wait(600))):
        found = await places.async_find_places(hass, _machine(tmp_path, f"{tmp_path} nfs nas:/video"))
        woken.set()
        await hass.async_block_till_done()
    assert found == []


async def test_what_the_disk_of_an_archive_lies_on_is_told_where_the_system_tells(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    path = str(tmp_path / "a")
    other = _machine(tmp_path, f"{tmp_path} cifs //nas/video")
    assert await places.async_disk_notes(hass, path, other) == ["network"]
    same = _machine(tmp_path, f"{tmp_path} ext4 /dev/sdb1", config_dir=tmp_path)
    assert await places.async_disk_notes(hass, path, same) == ["system_disk"]
    assert await places.async_disk_notes(hass, path, _machine(tmp_path)) is None
    assert await places.async_disk_notes(hass, str(tmp_path / "gone"), other) is None


async def test_a_disk_that_never_answers_is_not_known(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken = threading.Event()
    monkeypatch.setattr(places, "LOOK_DEADLINE_S", 0.05)
    machine = _machine(tmp_path, f"{tmp_path} nfs nas:/video")
    with patch.object(Surroundings, "mount_of", side_effect=lambda _: woken.wait(600) and None):
        assert await places.async_disk_notes(hass, str(tmp_path), machine) is None
        woken.set()
        await hass.async_block_till_done()


async def test_surroundings_are_those_of_home_assistant(hass: HomeAssistant) -> None:
    machine = places.surroundings_of(hass)
    assert machine.config_dir == Path(hass.config.config_dir)
    assert machine.media_dirs == tuple(map(Path, hass.config.media_dirs.values()))
