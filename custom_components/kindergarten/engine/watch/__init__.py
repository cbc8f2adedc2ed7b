"""Watches whether every camera still sees its room, and tells what changes."""
