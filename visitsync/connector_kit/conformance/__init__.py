"""The suite that every connector inherits, and what it needs to run without the rest of the house."""
