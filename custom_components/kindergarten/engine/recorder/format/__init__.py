"""Bytes: fragmented MP4, H.264 and H.265 syntax, HLS and MPEG-TS. Pure functions, no IO."""
