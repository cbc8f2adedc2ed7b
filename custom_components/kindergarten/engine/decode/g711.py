"""What the engine and its worker both know of G.711; the engine's own process does not load PyAV."""

VIDEO_CLOCK = 90_000
JUMP_TICKS = VIDEO_CLOCK // 5
"""Sound that is this far from where it is expected begins anew."""

CODECS = frozenset({"pcm_alaw", "pcm_mulaw"})
