"""What is mounted where, and which folders are not for an archive."""

from collections.abc import Iterable
from dataclasses import dataclass
import os
from pathlib import Path
import re

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "fuse.sshfs", "fuse.glusterfs", "9p"})
FAT = frozenset({"vfat", "msdos", "exfat"})
MEMORY = frozenset({"tmpfs", "ramfs"})
OVERLAY = frozenset({"overlay", "aufs"})
DISK = FAT | {
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "f2fs",
    "zfs",
    "bcachefs",
    "ntfs",
    "ntfs3",
    "fuseblk",
    "jfs",
}

_TREES = """
    /bin /boot /dev /efi /etc /lib /lib32 /lib64 /proc /sbin /snap /ssl /addons /sys /usr
    /run/dbus /run/lock /run/systemd /var/lib/docker
"""
_FOLDERS = "/ /home /opt /root /run /srv /tmp /var"

SYSTEM_TREES = tuple(map(Path, _TREES.split()))
SYSTEM_FOLDERS = frozenset(map(Path, _FOLDERS.split()))
"""Not themselves, but folders in them are welcome."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mount:
    """One line of `/proc/self/mountinfo` (proc(5)); `kind` is the file system's type."""

    point: str
    kind: str
    source: str
    writable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """The machine around a folder."""

    config_dir: Path
    media_dirs: tuple[Path, ...]
    mountinfo: Path = Path("/proc/self/mountinfo")
    sys_block: Path = Path("/sys/block")

    def mounts(self) -> tuple[Mount, ...]:
        """Return everything that is mounted, none where the system does not tell."""
        try:
            return parse(self.mountinfo.read_text(encoding="utf-8", errors="surrogateescape"))
        except OSError:
            return ()

    def mount_of(self, path: Path) -> Mount | None:
        """Return what a path lies on: the last of the longest mount points above it."""
        real = Path(os.path.realpath(path))
        above = [mount for mount in self.mounts() if real.is_relative_to(mount.point)]
        return max(reversed(above), key=lambda mount: len(mount.point), default=None)

    def refusal(self, *faces: Path) -> str | None:
        """Return why a folder, given by its names, can never be the archive's: the key of a text."""
        if SYSTEM_FOLDERS.intersection(faces) or _lies_in(faces, SYSTEM_TREES):
            return "path_in_system"
        if _meets(faces, (self.config_dir,)):
            return "path_in_config"
        if _meets(faces, self.media_dirs):
            return "path_in_media"
        return None


def parse(text: str) -> tuple[Mount, ...]:
    """Read the text of `/proc/self/mountinfo`; lines that make no sense are left out."""
    found = []
    for line in text.splitlines():
        left, _, right = line.partition(" - ")
        mounted, behind = left.split(" "), right.split(" ")
        if len(mounted) < 6 or len(behind) < 2:
            continue
        found.append(
            Mount(
                point=_unescaped(mounted[4]),
                kind=behind[0],
                source=_unescaped(behind[1]),
                writable="rw" in mounted[5].split(","),
            )
        )
    return tuple(found)


def is_sd_card(mount: Mount, sys_block: Path) -> bool:
    """Return whether a mount is on an SD card; soldered eMMC is named alike but lasts longer."""
    if not (match := re.match(r"/dev/(mmcblk\d+)", mount.source)):
        return False
    try:
        return (sys_block / match[1] / "device/type").read_text().strip() == "SD"
    except OSError:
        return True


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def _lies_in(faces: Iterable[Path], trees: Iterable[Path]) -> bool:
    return any(face.is_relative_to(tree) for face in faces for tree in trees)


def _meets(faces: Iterable[Path], folders: Iterable[Path]) -> bool:
    """Return whether a path lies in one of the folders, or one of them in it."""
    trees = {tree for folder in folders for tree in (folder, Path(os.path.realpath(folder)))}
    return _lies_in(faces, trees) or _lies_in(trees, faces)
