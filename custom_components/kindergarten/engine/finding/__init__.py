"""Finds the streams of a camera or recorder of which only address and login are known."""
