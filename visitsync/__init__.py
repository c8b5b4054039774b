"""Visitsync: telemedicine appointments booked in a practice's EMR become video visits, and each that does not says why."""
