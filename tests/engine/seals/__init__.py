"""Tests of seals, hour records and heads."""
