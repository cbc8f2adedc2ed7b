"""Proving what was kept."""
