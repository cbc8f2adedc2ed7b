"""Readers turn a camera into access units."""
