"""A stand-in for a Frigate server: what our integration sees of 0.15 to 0.19, traps included.

It behaves as real servers were observed to; `tests/frigate_contract` asserts that, and runs against a real
one too. A month of sixteen cameras is computed when asked for; files hold real pictures that a browser plays.
"""

from .control import Control
from .faults import Fault
from .settings import ADMIN, PASSWORD, Settings
from .stand_in import StandIn, StandInProcess

__all__ = ["ADMIN", "PASSWORD", "Control", "Fault", "Settings", "StandIn", "StandInProcess"]
