"""Measurements behind the figures in the documentation; `script/bench` runs them."""

from tests import engine_package

engine_package.load()
