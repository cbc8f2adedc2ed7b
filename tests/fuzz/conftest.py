"""The engine under test, loaded as its own process loads it."""

from tests import engine_package

engine_package.load()
