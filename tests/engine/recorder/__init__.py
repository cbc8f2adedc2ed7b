"""Tests of the recording pipeline, from a camera to runs."""
