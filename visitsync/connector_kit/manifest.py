"""What the other rooms rely on about an EMR: names, habits, words, demands, limits, and what is not known."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic


class Feed(StrEnum):
    """How changes reach us."""

    POLL = "poll"
    POLL_AND_HINTS = "poll and hints"
    """Polled; webhooks only say where to look sooner."""
    PUSH = "push"


class CredentialField(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a practice gives us so that we may ask its EMR."""

    name: str
    label: str
    help: str
    is_secret: bool = True
    is_required: bool = True


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing about this EMR that differs per practice, or that nobody knows for certain."""

    name: str
    values: tuple[str, ...]
    """Allowed values, the default first; a single "" means free text without default."""
    help: str

    @property
    def default(self) -> str:
        return self.values[0]


class KnownGap(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that is inferred or unknown, what we assume, and the setting that changes it."""

    fact: str
    assumed: str
    setting: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All that is fixed about one EMR."""

    emr: str
    """The connector's folder name."""
    name: str
    """As staff know it."""
    default_base_url: str
    allowed_hosts: tuple[str, ...]
    """Hosts that requests and tokens may go to, besides the host of the configured base URL."""
    feed: Feed
    usual_minutes: tuple[int, int]
    abnormal_minutes: int
    poll_minutes: int
    """How often changes are asked for."""
    sweep_hours: int = 24
    """How often the whole sync window is read independently of changes."""
    is_listed: bool = True
    """Whether the schedule can be asked for by days. False: appointments come only by push, and none is swept."""
    reads_single: bool = True
    """Whether one appointment can be asked for by its id. False: its day is read instead."""
    reads_patients: bool = True
    """Whether a patient can be asked for by id. False: what was pushed of anybody is kept, for it comes only once."""
    tells_patient_changes: bool = True
    """Whether it can be asked which charts have changed. False: those that something is found in are read again."""
    lists_are_complete: bool = True
    """Whether what the catalog no longer names is gone from the EMR. False: it is gathered from what is booked."""
    marks: tuple[MarkKind, ...]
    """What may mark telemedicine here, the usual one first."""
    is_matched_by_id: bool
    """Whether the usual mark is matched by the vendor's id (else by its exact text)."""
    is_type_owned: bool = False
    required_demographics: frozenset[Demographic]
    words: Mapping[str, str]
    """Our word → this EMR's: type, location, provider, patient, note; "gone": what became of rows that vanish."""
    fixes: Mapping[str, str] = {}
    """Reason → what to do about it, where this EMR's menus or fields have names of their own; templates, see Reason."""
    credentials: tuple[CredentialField, ...]
    settings: tuple[Setting, ...] = ()
    limits: tuple[Limit, ...]
    known_gaps: tuple[KnownGap, ...] = ()
    reconnect_steps: str
    """What a practice admin does to sign in again, with the EMR's menu path."""
