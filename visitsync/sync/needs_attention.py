"""Everything that waits for a person, grouped by what they must do, the soonest first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from visitsync.domain.appointment import MarkKind
from visitsync.domain.decision import Finding, Outcome
from visitsync.domain.explanation import Explanation, explain
from visitsync.domain.reason import Severity
from visitsync.domain.reasons import REASONS
from visitsync.domain.time_words import in_words
from visitsync.rules.lookups import lookups_for
from visitsync.rules.reading import expected_after_fix
from visitsync.storage import appointment_lists, patients
from visitsync.storage.appointment_lists import LONGEST, Key, Listed
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.beside import beside, overlapping
from visitsync.sync.lines import Line, full_name, lines_of
from visitsync.sync.needs import Group, GroupKind, Holder, NeedsAttention, SharedEmail, Spelling, Unassigned
from visitsync.sync.needs_words import title_of
from visitsync.sync.office import Office

MOST_READ = 2_000
MOST_LINES = 25
"""Of each group; the others are counted."""
OVERLAPS_AHEAD = timedelta(days=7)


class _Gathered(msgspec.Struct, kw_only=True):
    words: Explanation
    finding: Finding
    members: list[StoredAppointment]


def needs_attention(transaction: Transaction, vault: Vault, office: Office) -> NeedsAttention:
    """Everything within the sync window that is blocked or waits for a person; at most seven queries.

    An appointment with several findings is in several groups: each of them must be done.
    """
    needing = appointment_lists.needing_somebody(
        transaction, vault, office.now, _window_ends(office), at_most=MOST_READ + 1
    )
    is_cut, needing = len(needing) > MOST_READ, needing[:MOST_READ]
    overlaps = _overlaps(transaction, office)
    overlapping_ones = appointment_lists.listed(transaction, vault, list(overlaps))
    gathered = [
        *_gathered(office, ((one.stored, one.stored.decided().findings) for one in needing)),
        *_gathered(office, _with_overlaps(office, overlapping_ones, overlaps)),
    ]
    everybody = {_key(one.stored): one for one in [*needing, *overlapping_ones]}
    lines = _lines(transaction, vault, office, everybody, overlaps, gathered)
    shared = _shared_emails(transaction, vault, office, gathered)
    groups = sorted((_group(office, one, lines, shared) for one in gathered), key=lambda group: group.soonest)
    return NeedsAttention(groups=tuple(groups), count=len(needing), is_cut=is_cut)


def _window_ends(office: Office) -> datetime:
    horizons = [lookups_for(desk.practice).timing.day_of(office.now).horizon_at for desk in office.desks.values()]
    return max(horizons, default=office.now)


def _overlaps(transaction: Transaction, office: Office) -> dict[Key, list[str]]:
    taken = appointment_lists.taken_between(transaction, office.now - LONGEST, office.now + OVERLAPS_AHEAD)
    return overlapping([one for one in taken if one.end_at > office.now])


def _with_overlaps(
    office: Office, listed: Iterable[Listed], overlaps: Mapping[Key, Sequence[str]]
) -> Iterable[tuple[StoredAppointment, tuple[Finding, ...]]]:
    for one in sorted(listed, key=lambda one: one.stored.appointment.start.instant):
        practice = office.desks[one.stored.connection_id].practice
        yield one.stored, beside(one.stored, overlaps[_key(one.stored)], practice)


def _gathered(office: Office, found: Iterable[tuple[StoredAppointment, tuple[Finding, ...]]]) -> Iterable[_Gathered]:
    """By what must be done: the same reason and the same fix, of the same thing."""
    groups: dict[object, _Gathered] = {}
    explained: dict[object, Explanation] = {}
    for stored, findings in found:
        for finding in findings:
            if not _is_for_somebody(finding):
                continue
            said = (stored.connection_id, finding.code, *sorted(finding.evidence.items()))
            if said not in explained:
                explained[said] = _explained(office, stored, finding)
            words = explained[said]
            what = _THING.get(finding.code, ())
            connection = stored.connection_id if what else None
            key = (connection, finding.code, words.fix, *(finding.evidence.get(name) for name in what))
            groups.setdefault(key, _Gathered(words=words, finding=finding, members=[])).members.append(stored)
    return groups.values()


def _is_for_somebody(finding: Finding) -> bool:
    reason = REASONS.get(finding.code)
    if reason is None or reason.resolves_itself:
        return False
    return (
        reason.severity is Severity.BLOCKS
        or reason.outcome in (Outcome.NEEDS_PROVIDER, Outcome.ON_HOLD)
        or finding.code == _OVERLAP
    )


def _explained(office: Office, stored: StoredAppointment, finding: Finding) -> Explanation:
    desk = office.desks[stored.connection_id]
    after_fix = expected_after_fix(stored.appointment, desk.practice, office.now)
    return explain(finding, desk.screen, expected_after_fix=after_fix)


def _lines(
    transaction: Transaction,
    vault: Vault,
    office: Office,
    everybody: Mapping[Key, Listed],
    overlaps: Mapping[Key, Sequence[str]],
    gathered: Iterable[_Gathered],
) -> dict[Key, Line]:
    """Only of those that are shown."""
    shown = {_key(stored): None for one in gathered for stored in one.members[:MOST_LINES]}
    made = lines_of(transaction, vault, office, [everybody[key] for key in shown], overlaps)
    return {line.key: line for line in made}


def _shared_emails(
    transaction: Transaction, vault: Vault, office: Office, gathered: Iterable[_Gathered]
) -> dict[Key, SharedEmail]:
    """Patient → who else has the address; for those in whom that was found."""
    theirs = {
        (stored.connection_id, stored.appointment.patient_id or "")
        for one in gathered
        if one.finding.code == _SHARED
        for stored in one.members
    }
    by_address: dict[bytes, list[Holder]] = {}
    for address, connection_id, patient in patients.sharing_an_address(transaction, vault, theirs):
        households = office.desks[connection_id].practice.households
        holder = Holder(
            connection_id=connection_id,
            patient_id=patient.id,
            name=full_name(patient),
            household_id=households.get(patient.id),
        )
        by_address.setdefault(address, []).append(holder)
    sharing = [SharedEmail(holders=tuple(holders)) for holders in by_address.values() if len(holders) > 1]
    return {(holder.connection_id, holder.patient_id): one for one in sharing for holder in one.holders}


def _group(office: Office, one: _Gathered, lines: Mapping[Key, Line], shared: Mapping[Key, SharedEmail]) -> Group:
    words, members, first = one.words, one.members, one.members[0]
    keys = tuple(map(_key, members))
    connections = tuple(dict.fromkeys(stored.connection_id for stored in members))
    provider = _unassigned(office, first, words.code)
    return Group(
        key=f"{words.code}-{first.connection_id.hex[:8]}-{_thing_of(one.finding, words.fix)}",
        kind=_kind(words.code, has_provider=provider is not None),
        code=words.code,
        title=title_of(words.code, members, words.title),
        sentence=words.sentence,
        fix=words.fix,
        owner=words.owner,
        expected_by_text=words.expected_by_text,
        connections=connections,
        count=len(members),
        soonest=first.appointment.start.instant,
        soonest_text=in_words(first.appointment.start.instant, office.zone, office.now),
        lines=tuple(lines[key] for key in keys[:MOST_LINES]),
        further=max(0, len(keys) - MOST_LINES),
        appointments=keys,
        spelling=_spelling(first, one.finding),
        shared=_shared_of(members, shared) if words.code == _SHARED else (),
        provider=provider,
    )


def _kind(code: str, *, has_provider: bool) -> GroupKind:
    if code in _KINDS:
        return _KINDS[code]
    if has_provider:
        return GroupKind.PROVIDER
    return GroupKind.ON_HOLD if REASONS[code].outcome is Outcome.ON_HOLD else GroupKind.FIX


def _spelling(stored: StoredAppointment, finding: Finding) -> Spelling | None:
    if finding.code != _MISSPELT:
        return None
    evidence = finding.evidence
    return Spelling(
        connection_id=stored.connection_id,
        kind=MarkKind(evidence.get("kind", MarkKind.TYPE)),
        found=evidence.get("found", ""),
        approved=evidence.get("approved", ""),
    )


def _shared_of(members: Iterable[StoredAppointment], shared: Mapping[Key, SharedEmail]) -> tuple[SharedEmail, ...]:
    found = (shared.get((one.connection_id, one.appointment.patient_id or "")) for one in members)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _unassigned(office: Office, stored: StoredAppointment, code: str) -> Unassigned | None:
    entry = office.desks[stored.connection_id].practice.practitioners.get(stored.appointment.practitioner_id or "")
    if code not in _CAN_BE_ENABLED or entry is None:
        return None
    return Unassigned(connection_id=stored.connection_id, practitioner_id=entry.id, name=entry.name)


def _thing_of(finding: Finding, fix: str) -> str:
    """A short word for what the group is about that tells nobody what it is."""
    what = _THING.get(finding.code)
    parts = fix if what is None else "|".join(finding.evidence.get(name, "") for name in what)
    return sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _key(stored: StoredAppointment) -> Key:
    return stored.connection_id, stored.appointment.id


_MISSPELT, _SHARED, _OVERLAP = "type-misspelt", "email-shared", "overlaps-another"
_CAN_BE_ENABLED = frozenset({"provider-not-enabled", "provider-other-profile"})
_KINDS = {_MISSPELT: GroupKind.SPELLING, _SHARED: GroupKind.SHARED_EMAIL, _OVERLAP: GroupKind.OVERLAP}
_THING: Mapping[str, tuple[str, ...]] = {
    "type-misspelt": ("kind", "found", "approved"),
    "condition-not-met": ("kind", "found"),
    "type-not-connected": ("kind", "found"),
    "type-name-changed": ("kind", "found"),
    "type-has-new-id": ("kind", "id"),
    "location-not-connected": ("found",),
    "resource-excluded": ("found",),
    "not-a-provider": ("provider",),
    "provider-inactive": ("provider",),
    "provider-ambiguous": ("provider",),
    "provider-other-profile": ("provider", "id"),
    "provider-not-enabled": ("provider",),
    "provider-linked-wrong": ("provider",),
    "provider-number-reused": ("provider", "id"),
    "overlaps-another": ("provider",),
    "status-unclear": ("status",),
}
"""Reason → the evidence that makes it the same thing: what is mended once for all appointments that have it."""
