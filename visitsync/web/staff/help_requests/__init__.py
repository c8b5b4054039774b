"""Requests for help: asked from an answer, shown to everybody of the practice, mailed without patient data."""
