"""Today: the visits of a day or week, what needs somebody first."""
