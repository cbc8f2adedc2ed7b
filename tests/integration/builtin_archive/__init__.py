"""The client of our engine."""
