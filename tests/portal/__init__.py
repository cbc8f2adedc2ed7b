"""The portal over HTTP, in a real Home Assistant."""
