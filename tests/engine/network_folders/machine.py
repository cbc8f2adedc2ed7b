"""A machine with network folders: User Mode Linux, a kernel that runs as a program, over this system's files."""

from dataclasses import dataclass
import json
import os
from pathlib import Path
import shutil
import subprocess
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MODULES = Path("/usr/lib/uml/modules")
MEMORY, DISK_BYTES = "1500M", 2 << 30
LIMIT_S = 420

_TOOLS = {
    "linux.uml": "user-mode-linux",
    "cc": "gcc",
    "modprobe": "kmod",
    "ip": "iproute2",
    "mkfs.ext4": "e2fsprogs",
    "rpc.nfsd": "nfs-kernel-server",
    "rpcbind": "rpcbind",
    "mount.nfs": "nfs-common",
    "smbd": "samba",
    "smbpasswd": "samba-common-bin",
    "mount.cifs": "cifs-utils",
}
_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))


def missing() -> list[str]:
    """Return the (Debian) packages that the machine needs and this system has not."""
    absent = {package for tool, package in _TOOLS.items() if shutil.which(tool, path=_PATH) is None}
    if not MODULES.is_dir():
        absent.add("user-mode-linux")
    return sorted(absent)


@dataclass(frozen=True, kw_only=True)
class Network:
    """A kind of network folder and how it is mounted."""

    kind: str
    options: str


def run(network: Network, scratch: Path) -> dict[str, Any]:
    """Boot the machine, live through `house.py` in it, and return what it saw; raises AssertionError."""
    out = scratch / "out"
    out.mkdir()
    (out / "seed").write_bytes(os.urandom(64))
    shim, disk = scratch / "xstate.so", scratch / "disk.img"
    subprocess.run(
        ["cc", "-O2", "-shared", "-fPIC", "-fno-builtin", "-o", shim, HERE / "xstate.c"], check=True
    )
    with disk.open("wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk], check=True, env={**os.environ, "PATH": _PATH})
    said = {
        "REPO": str(ROOT),
        "OUT": str(out),
        "MODULES": str(MODULES),
        "KIND": network.kind,
        "OPTIONS": network.options,
    }
    command = [
        "linux.uml",
        f"mem={MEMORY}",
        f"ubda={disk}",
        "rootfstype=hostfs",
        "rootflags=/",
        "ro",
        "quiet",
        "con=null",
        "con0=null,fd:1",
        f"init={HERE / 'machine.sh'}",
        *(f"{name}={value}" for name, value in said.items()),
    ]
    environment = {"PATH": _PATH, "HOME": str(scratch), "TMPDIR": str(scratch), "LD_PRELOAD": str(shim)}
    with (scratch / "console.log").open("wb") as console:
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
            timeout=LIMIT_S, check=False,
        )  # fmt: skip
    seen = out / "seen.json"
    log = out / "machine.log"
    told = log if log.exists() else scratch / "console.log"
    assert seen.exists(), f"nothing came back:\n{told.read_text(errors='replace')[-4000:]}"
    found: dict[str, Any] = json.loads(seen.read_text())
    assert found.get("finished"), f"{json.dumps(found, indent=1)}\n{told.read_text(errors='replace')[-6000:]}"
    return found
