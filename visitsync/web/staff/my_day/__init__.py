"""A provider's own day: their visits and nobody else's."""
