"""What the engine serves: the control API and media."""
