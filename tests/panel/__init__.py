"""The owner's panel in a real Home Assistant and a real browser."""
