"""Loads the engine the way its own process does: under a package name of its own."""

import importlib.util
from pathlib import Path
import sys

BOOT = Path(__file__).parents[1] / "custom_components/kindergarten/engine/boot.py"


def load() -> None:
    """Make `kindergarten_engine` importable."""
    if "kindergarten_engine" in sys.modules:
        return
    spec = importlib.util.spec_from_file_location("kindergarten_boot", BOOT)
    assert spec is not None
    assert spec.loader is not None
    boot = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(boot)
    boot.load()
