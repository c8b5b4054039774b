"""Who signs in: people with a password and a second factor, and the practices where they work."""
