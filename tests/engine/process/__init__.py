"""The engine as a process: from outside, over its socket."""
