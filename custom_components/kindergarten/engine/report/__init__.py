"""The inspection pack: the report an inspector reads, and the proof that goes with it."""
