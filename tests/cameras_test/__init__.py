"""Tests of the simulated cameras themselves."""
