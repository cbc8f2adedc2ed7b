"""A real Home Assistant process with the integration, for `script/run` and the end-to-end tests."""
