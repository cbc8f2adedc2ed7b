"""The worker process for everything that decodes or encodes."""
