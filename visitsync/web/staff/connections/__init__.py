"""Connections: how each EMR's connection fares, what to do about it, and setting one up step by step."""
