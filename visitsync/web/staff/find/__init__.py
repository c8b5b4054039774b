"""Find: one box that answers where an appointment is."""
