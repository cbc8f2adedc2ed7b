"""Where Home Assistant looks for our forms; they live in `flows`, a file for each subject."""

from .flows.site import KindergartenConfigFlow

__all__ = ["KindergartenConfigFlow"]
