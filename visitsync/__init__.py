"""Visitsync: telemedicine appointments become video visits, and each that does not says why."""
