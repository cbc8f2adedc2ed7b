"""Simulated recorders and cameras as their brands sell them: RTSP, web interface, ONVIF, and a lock-out."""

from .device import Devices, SimulatedDevice
from .makes import MAKES, Make

__all__ = ["MAKES", "Devices", "Make", "SimulatedDevice"]
