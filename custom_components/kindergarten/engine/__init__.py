"""The engine: records, keeps and serves footage without Home Assistant."""

PROTOCOL = 1
"""Version of the control API; both sides refuse another one."""
