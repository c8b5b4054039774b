"""Notices: what one is told without asking, when, and what one was told."""
