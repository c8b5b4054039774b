"""What the EMR has and what of it is connected: types, locations, providers; and the practice's settings."""
