"""End to end: a real Home Assistant, real RTSP, a real Chromium."""
