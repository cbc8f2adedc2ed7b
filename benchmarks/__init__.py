"""Measurements behind the figures in the documentation; `script/bench` runs them."""
