"""The engine's process: one for each state folder."""

import argparse
import asyncio
import faulthandler
import logging
import os
from pathlib import Path
import signal
import threading

from . import log
from .engine import Engine
from .env import RealEnv
from .fingerprint import fingerprint
from .place import Place
from .redaction import Redactor

ALREADY_RUNNING = 3
_STOP_S = 12.0
"""A disk that hangs must not keep us from ending."""

_FAULT_BYTES = 1 << 14

_LOGGER = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Run an engine until it is told to stop; 3 when one runs already for the state folder."""
    parser = argparse.ArgumentParser(prog="engine")
    parser.add_argument("--state", required=True, type=Path, help="private folder for settings, lock and log")
    parser.add_argument("--wait", type=float, default=0.0, help="seconds that another engine may take to end")
    parser.add_argument("--debug", action="store_true", help="log more")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    place = Place(options.state.absolute())
    version = fingerprint(Path(__file__).parent)
    if not place.claim(options.wait):
        return ALREADY_RUNNING
    os.chdir("/")
    redactor = Redactor()
    log.start(str(place.log), redactor, debug=options.debug)
    _LOGGER.info("Engine %s starts, process %d", version, os.getpid())
    _watch_for_faults(place)
    try:
        asyncio.run(_run(place, redactor, version))
    except Exception:  # the process's last line of defence: without it nobody would ever know
        _LOGGER.critical("Engine failed", exc_info=True)
        return 1
    _LOGGER.info("Engine ended")
    logging.shutdown()
    # The archive is closed, or its disk had its time to answer: taking the interpreter apart takes up to a second in which nobody records.
    os._exit(0)


def _watch_for_faults(place: Place) -> None:
    """Have the interpreter write down what it dies of; what the last one died of goes to the log."""
    faults = (place.state / "faults.log").open("a+b")
    faults.seek(0)
    if before := faults.read(_FAULT_BYTES).decode(errors="replace").strip():
        _LOGGER.error("The process before this one crashed:\n%s", before)
    faults.truncate(0)
    faulthandler.enable(faults)  # keeps the file open to the very end


async def _run(place: Place, redactor: Redactor, version: str) -> None:
    engine = Engine(RealEnv(), place, redactor, version)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, engine.request_stop, "host_restart")
    await engine.start()
    cause = await engine.wait()
    limit = threading.Timer(_STOP_S, os._exit, (1,))
    limit.daemon = True
    limit.start()
    await engine.stop(cause)
