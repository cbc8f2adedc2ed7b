"""The one interface to footage, whoever keeps it."""
