"""Tests of the search for a device's streams."""
