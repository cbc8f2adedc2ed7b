"""Tests of Kindergarten Cameras."""
