"""Told without asking: what to tell whom and when, once each, and all clear when it is over."""
