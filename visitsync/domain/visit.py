"""The video visit that we make from an appointment."""

from datetime import datetime
from enum import StrEnum

import msgspec


class VisitState(StrEnum):
    ACTIVE = "active"
    CANCELLED = "cancelled"
    OVER = "over"


class Visit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One visit per appointment; it follows the appointment when that moves or changes its provider."""

    id: str
    connection_id: str
    appointment_id: str
    state: VisitState
    start_at: datetime
    end_at: datetime
    patient_id: str
    practitioner_id: str | None = None
    staff_id: str | None = None
    """The staff member who sees it; None: nobody does until a provider is enabled."""
    is_test: bool = False
