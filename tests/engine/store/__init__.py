"""Tests of the archive store."""
