"""Starts the engine's processes without Home Assistant.

The package is loaded under a name of its own and its folder never comes onto `sys.path`, where
modules named like the standard library's could stand before those.
"""

from contextlib import suppress
import ctypes
import importlib
import importlib.util
import os
from pathlib import Path
import resource
import sys
from types import ModuleType

PACKAGE = "kindergarten_engine"
M_ARENA_MAX = -8  # malloc.h
ARENAS = 4
MOST_FILES = 65_536
PROGRAMS = {
    "engine": ".run",
    "decode": ".decode.worker",
    "read": ".recorder.reader.apart_worker",
    "archive": ".evidence.archive_cli",
}


def load(name: str = PACKAGE) -> ModuleType:
    """Return the engine package, loaded once under `name`."""
    if name in sys.modules:
        return sys.modules[name]
    folder = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no engine in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def detach() -> None:
    """Go on as a process that nobody waits for; the caller's process ends at once.

    An asyncio subprocess is killed when the loop that made it closes, so the engine leaves its
    parent's family: a new session, and a second fork that can never gain a terminal.
    """
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)


def add_sites(folders: list[str]) -> None:
    """Look for third-party packages in these folders too, after all others.

    Isolated mode leaves out what Home Assistant installed into its own `deps` folder.
    """
    if all(importlib.util.find_spec(name) for name in ("aiohttp", "av")):
        return
    sys.path += [folder for folder in folders if folder not in sys.path]


def share_memory() -> None:
    """Let the threads take memory from few places.

    With an arena for every thread, as glibc has it, sixteen cameras need 150 MB instead of 95 and no
    less time. musl has neither arenas nor `mallopt`.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def set_limits() -> None:
    """Allow many open files, and no image of our memory: passwords are in it.

    The kernel takes 1 for "no core dump, not even through a pipe"; 0 would still feed a pipe. Not
    `PR_SET_DUMPABLE`: it takes /proc/PID from the same user's tools too.
    """
    with suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY:
            most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    with suppress(OSError, ValueError):
        least = 0 if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else 1
        resource.setrlimit(resource.RLIMIT_CORE, (least, least))


def main(arguments: list[str]) -> int:
    """Run one of the engine's programs: `engine`, `decode`, `read` or `archive`.

    `--detach` and `--site FOLDER` (any number) are for this file, the rest is the program's.
    """
    rest: list[str] = []
    sites: list[str] = []
    detached = False
    left = iter(arguments)
    for argument in left:
        if argument == "--detach":
            detached = True
        elif argument == "--site":
            sites.append(os.path.abspath(next(left, ".")))
        else:
            rest.append(argument)
    if not rest or rest[0] not in PROGRAMS:
        sys.stderr.write(f"usage: boot.py {{{','.join(PROGRAMS)}}} [--detach] [--site FOLDER] ...\n")
        return 2
    os.umask(0o077)
    share_memory()
    set_limits()
    add_sites(sites)
    load()
    program = importlib.import_module(PROGRAMS[rest[0]], PACKAGE)
    if detached:  # only now: what cannot be imported is still heard by the launcher
        detach()
    code: int = program.main(rest[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
