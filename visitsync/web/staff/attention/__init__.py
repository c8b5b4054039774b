"""Needs attention: everything that waits for a person, grouped by what they must do."""
