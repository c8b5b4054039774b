"""The answer: how one appointment stands, what is to be done, and what happened to it."""
