"""Kindergarten Cameras."""
