"""Who did what: the practice's audit trail, for its admins."""
