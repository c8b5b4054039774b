"""The small pieces of pages, as template tags."""
