"""Changes of a practice's settings, made and taken back on a real database with a pretend EMR."""
