"""What the people of a practice see: one folder for each page."""
