"""The native reader, byte by byte."""
