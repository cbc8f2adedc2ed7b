"""Rooms that are drawn, not filmed: what a camera in a kindergarten would see, with every fault labelled."""
