"""What a practice's admin decides and does: settings, what they would change, taking them back, connecting."""
