"""The reason catalogue: every known reason why an appointment is not, or not yet, a visit, by its code."""

from collections.abc import Mapping
from types import MappingProxyType

from visitsync.domain.reason import Reason
from visitsync.domain.reasons_connection import CONNECTION
from visitsync.domain.reasons_contact import CONTACT
from visitsync.domain.reasons_demographics import DEMOGRAPHICS
from visitsync.domain.reasons_provider import PROVIDER
from visitsync.domain.reasons_recognition import RECOGNITION
from visitsync.domain.reasons_state import STATE
from visitsync.domain.reasons_timing import TIMING

_GROUPS = (RECOGNITION, CONTACT, DEMOGRAPHICS, PROVIDER, TIMING, STATE, CONNECTION)

REASONS: Mapping[str, Reason] = MappingProxyType({reason.code: reason for group in _GROUPS for reason in group})
"""Code → reason; docs/reasons has a page for each."""

TROUBLE_OF_UNKNOWN_KIND = "emr-trouble"
"""Stands in for a connection's trouble whose code is not in the catalogue."""
