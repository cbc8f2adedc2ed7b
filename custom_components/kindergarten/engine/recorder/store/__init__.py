"""The archive on disk: files, catalog, recovery, retention, gaps."""
