"""Bytes: fragmented MP4, parameter sets, HLS and MPEG-TS."""
