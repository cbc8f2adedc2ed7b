"""Watching whether cameras still see their rooms."""
