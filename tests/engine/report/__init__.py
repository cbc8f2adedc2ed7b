"""Tests of the inspection pack, its report and its verifier."""
