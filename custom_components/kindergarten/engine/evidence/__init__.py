"""Proving what was kept: verifying, exporting, challenges. Reads the archive, never deletes from it."""
