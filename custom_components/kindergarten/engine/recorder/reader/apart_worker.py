"""A process that reads one camera with libavformat: `python -I boot.py read`.

The engine closes its end of our input when the session is to end; a process whose engine died ends too.
"""

import contextlib
import os
import sys
import threading
from typing import override

from ...env import RealEnv
from ...errors import SourceError
from . import peers, wire
from .pyav import PyAVReader

FAREWELL_S = 2.0
"""For the last word to the camera, which keeps its session else."""


def main(_arguments: list[str]) -> int:
    """Read what is asked for until the session is over."""
    orders, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    reader, over = PyAVReader(RealEnv(), peers.only), threading.Event()

    class Told(wire.Teller):
        """Tells, and lets the process end after the last word."""

        @override
        def ended(self, error: SourceError) -> None:
            with contextlib.suppress(OSError):
                super().ended(error)
            over.set()

    def listen() -> None:
        orders.read()
        reader.stop()
        over.wait(FAREWELL_S)
        os._exit(0)  # C code may hang, and nobody waits for it

    reader.start(wire.ordered(orders.readline()), Told(out))
    threading.Thread(target=listen, name="orders", daemon=True).start()
    over.wait()
    with contextlib.suppress(OSError):
        out.flush()
    os._exit(0)
