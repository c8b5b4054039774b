"""Users: who works at the practice, who has which address, and who sees whose visits."""
