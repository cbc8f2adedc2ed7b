"""Our blueprints, run by Home Assistant's own code on what really happens."""
