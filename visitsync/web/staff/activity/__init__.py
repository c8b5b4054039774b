"""Activity: what the last days brought, in pictures and numbers, and as files to take away."""
