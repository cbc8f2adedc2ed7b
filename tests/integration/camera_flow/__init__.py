"""Adding and changing cameras."""
