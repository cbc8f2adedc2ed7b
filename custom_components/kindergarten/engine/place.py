"""Where one engine lives: its state folder, its lock, its socket.

These are about this process on this machine, so they use `os` and not the `Env`, which stands for
the archive's disk and clocks.
"""

import fcntl
import hashlib
import json
import os
from pathlib import Path
import secrets
import stat
import tempfile
import time

_LONGEST = 100
"""A socket's path may have 107 bytes on Linux (unix(7)); some systems take fewer."""
_LOOK_S = 0.01


class Place:
    """The state folder of one engine, private to its user."""

    def __init__(self, state: Path) -> None:
        """Use a folder; `claim` makes it."""
        self.state = state
        self._lock: int | None = None

    @property
    def pid(self) -> int:
        """Return the id of this process."""
        return os.getpid()

    @property
    def log(self) -> Path:
        """Return the path of the log."""
        return self.state / "engine.log"

    def claim(self, wait_s: float = 0.0) -> bool:
        """Become the only engine of this folder; false when another one is, and still is after `wait_s`."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.state.chmod(0o700)
        fd = os.open(self.state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        end_s = time.monotonic() + wait_s
        while not _locked(fd):
            if time.monotonic() >= end_s:
                os.close(fd)
                return False
            time.sleep(_LOOK_S)
        os.truncate(fd, 0)
        os.write(fd, str(self.pid).encode())
        self._lock = fd
        return True

    def ours(self) -> bool:
        """Tell whether the folder still is the one that was claimed, as far as can be seen."""
        if self._lock is None:
            return False
        try:
            return os.path.samestat(os.stat(self.state / "lock"), os.fstat(self._lock))
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def read(self, name: str) -> bytes | None:
        """Return a file of the state folder, or nothing when there is none."""
        try:
            return (self.state / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Replace a file of the state folder, readable for its owner only; survives a power cut."""
        part = self.state / f"{name}.part"
        part.unlink(missing_ok=True)
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(fd)
        part.replace(self.state / name)
        folder = os.open(self.state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self, name: str) -> None:
        """Remove a file of the state folder, if there is one."""
        (self.state / name).unlink(missing_ok=True)

    def names(self, prefix: str) -> list[str]:
        """Return the names of the state folder's files that begin so."""
        return [path.name for path in self.state.glob(f"{prefix}*") if path.suffix != ".part"]

    def socket(self) -> Path:
        """Return a path for the control socket, in a folder that nobody else can enter."""
        name = hashlib.sha256(os.fsencode(self.state.resolve())).hexdigest()[:12]
        for number in range(8):
            suffix = f"-{secrets.token_hex(4)}" if number else ""
            for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108
                folder = Path(parent, f"kg-{os.getuid()}-{name}{suffix}")
                path = folder / "s"
                if len(os.fsencode(path)) < _LONGEST and _private(folder):
                    return path
        raise OSError("there is no place for a socket")

    def live(self) -> tuple[int, str]:
        """Return the port and key of the live listener as they were last time (0 if never).

        Both stay, so that addresses of live streams outlive the engine.
        """
        try:
            data = json.loads(self.read("live.json") or b"{}")
            port, key = data["port"], data["key"]
        except ValueError, KeyError, TypeError, OSError:
            return 0, secrets.token_hex(32)
        if isinstance(port, int) and 0 < port < 65536 and isinstance(key, str) and len(key) == 64:
            return port, key
        return 0, secrets.token_hex(32)

    def keep_live(self, port: int, key: str) -> None:
        """Remember port and key of the live listener."""
        self.write("live.json", json.dumps({"port": port, "key": key}).encode())


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _private(folder: Path) -> bool:
    """Make a folder for us alone, or tell that what is there may be somebody else's."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and found.st_mode & 0o077 == 0
