"""The engine: how a booking travels through the house, when to ask next, what to judge again."""
