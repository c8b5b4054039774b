"""Where a new EMR's connector begins: a pretend vendor's folder that passes every test, and what copies it."""
