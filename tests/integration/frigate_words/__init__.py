"""Frigate with a server that is played."""
