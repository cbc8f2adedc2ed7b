"""Anything may come: wrong bytes are refused in our own words, quickly, and nothing escapes."""
