"""Recording: from a camera to files that are kept and served."""
