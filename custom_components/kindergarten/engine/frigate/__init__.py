"""Watches Frigate servers: what they really recorded, what they lost, and how long they keep it."""
