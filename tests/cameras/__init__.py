"""Simulated RTSP cameras: real streams with numbered pictures, and faults on demand."""

from .camera import SimulatedCamera
from .clips import BENCH_MAIN, TEST_MAIN, TEST_SUB, ClipSpec
from .fleet import Fleet, FleetProcess
from .picture import READ_CLOCK_JS, read_clock
from .stream import Sent

__all__ = [
    "BENCH_MAIN",
    "READ_CLOCK_JS",
    "TEST_MAIN",
    "TEST_SUB",
    "ClipSpec",
    "Fleet",
    "FleetProcess",
    "Sent",
    "SimulatedCamera",
    "read_clock",
]
