"""Starts the engine's processes without Home Assistant.

The package is loaded under a name of its own and its folder never comes onto `sys.path`, where
modules named like the standard library's could stand before those.
"""

import importlib.util
import os
from pathlib import Path
import sys
from types import ModuleType

PACKAGE = "kindergarten_engine"


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
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)


def main(arguments: list[str]) -> int:
    """Run one of the engine's programs: `engine`, `decode` or `archive`."""
    if "--detach" in arguments:
        arguments = [argument for argument in arguments if argument != "--detach"]
        detach()
    program, *rest = arguments
    load()
    run = importlib.import_module({"engine": ".run", "decode": ".decode.worker"}[program], PACKAGE)
    code: int = run.main(rest)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
