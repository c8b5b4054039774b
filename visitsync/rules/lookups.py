"""What the rules look up about a practice again and again, worked out once per set of settings."""

import msgspec

from visitsync.domain.decision import Finding
from visitsync.domain.practice import PracticeContext
from visitsync.rules import connection
from visitsync.rules.demographics import DemographicsLookup, demographics_lookup
from visitsync.rules.past import PastLookup, past_lookup
from visitsync.rules.place import PlaceLookup, place_lookup
from visitsync.rules.provider import ProviderLookup, provider_lookup
from visitsync.rules.recognition import RecognitionLookup, recognition_lookup
from visitsync.rules.timing import TimingLookup, timing_lookup


class Lookups(msgspec.Struct, frozen=True, kw_only=True):
    """Derived from settings and catalogue only; patients are looked up where they stand."""

    recognition: RecognitionLookup
    place: PlaceLookup
    provider: ProviderLookup
    demographics: DemographicsLookup
    timing: TimingLookup
    past: PastLookup
    connection_findings: tuple[Finding, ...]


_MOST_KEPT = 32
_kept: dict[tuple[int, ...], tuple[tuple[object, ...], Lookups]] = {}
_latest: tuple[PracticeContext | None, Lookups | None] = (None, None)


def lookups_for(practice: PracticeContext) -> Lookups:
    """The lookups of a practice, made once for the same objects.

    Contexts that share their settings and catalogue (msgspec.structs.replace keeps them) share their lookups, too.
    Objects are told apart by identity, so the mappings of a context must not change once it was used.
    """
    global _latest  # one reference, replaced as a whole, so that threads may share it
    practice_of_latest, latest = _latest
    if practice_of_latest is practice and latest is not None:
        return latest
    parts = (
        practice.zone,
        practice.connection,
        practice.closures,
        practice.opening_hours,
        practice.appointment_types,
        practice.locations,
        practice.practitioners,
    )
    key = tuple(map(id, parts))
    kept = _kept.get(key)
    if kept is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        # The parts are kept beside, so that no other object can come to have their identity.
        _kept[key] = kept = (parts, _made(practice))
    _latest = (practice, kept[1])
    return kept[1]


def _made(practice: PracticeContext) -> Lookups:
    return Lookups(
        recognition=recognition_lookup(practice),
        place=place_lookup(practice),
        provider=provider_lookup(practice),
        demographics=demographics_lookup(practice.connection),
        timing=timing_lookup(practice),
        past=past_lookup(practice.connection),
        connection_findings=connection.check(practice.connection),
    )
