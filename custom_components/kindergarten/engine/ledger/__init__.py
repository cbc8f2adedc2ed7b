"""The append-only, hash-chained record of what happened to the archive."""
