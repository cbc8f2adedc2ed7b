"""The owner's pages in the sidebar."""
