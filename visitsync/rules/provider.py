"""7. Is it booked with a provider who is enabled for telemedicine, and whom does the visit link to?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from visitsync.domain.appointment import Appointment, MarkKind
from visitsync.domain.decision import Finding
from visitsync.domain.practice import CatalogEntry, PracticeContext


class ProviderLink(msgspec.Struct, frozen=True):
    """Whom a visit links to (nobody, where something is wrong), and what stands against it."""

    practitioner_id: str | None = None
    staff_id: str | None = None
    findings: tuple[Finding, ...] = ()
    name: str = ""
    zone: str | None = None


class ProviderLookup(msgspec.Struct, frozen=True):
    """The link of every practitioner in the EMR's list."""

    by_id: Mapping[str, ProviderLink]
    by_name: Mapping[str, ProviderLink]
    """For EMRs that give a name only; a name that several have leads to nobody."""


_NOBODY = ProviderLink(findings=(Finding("no-provider"),))
_NOT_SAID_YET = ProviderLink()


def provider_lookup(practice: PracticeContext) -> ProviderLookup:
    """Works out every practitioner's link once."""
    entries = practice.practitioners.values()
    enabled = [entry for entry in entries if entry.is_connected and entry.is_active and entry.is_clinician]
    enabled_by_npi = {entry.npi: entry for entry in enabled if entry.npi}
    two_people = _logins_of_two_people(enabled)
    links = {entry.id: _link(entry, enabled_by_npi, two_people) for entry in entries}
    return ProviderLookup(by_id=links, by_name=_links_by_name(entries, links))


def link_of(appointment: Appointment, lookup: ProviderLookup) -> ProviderLink:
    """By the EMR's id; by name only where it gives no id, exactly, and where one person alone has that name."""
    id_ = appointment.practitioner_id
    if id_ is not None:
        return lookup.by_id.get(id_) or _only(Finding("provider-unknown", {"provider": f"number {id_}"}))
    name = appointment.practitioner_name
    if name and (link := lookup.by_name.get(name)):
        return link
    if appointment.lacks_detail:
        return _NOT_SAID_YET
    resource = next((mark.text for mark in appointment.marks if mark.kind is MarkKind.RESOURCE and mark.text), None)
    if resource is not None:
        return _only(Finding("not-a-provider", {"provider": f"“{resource}”"}))
    return _only(Finding("provider-unknown", {"provider": f"“{name}”"})) if name else _NOBODY


def _link(
    entry: CatalogEntry, enabled_by_npi: Mapping[str, CatalogEntry], two_people: Mapping[str, str]
) -> ProviderLink:
    who = {"provider": entry.name or f"number {entry.id}"}
    if entry.id in two_people:
        finding = Finding("provider-linked-wrong", {**who, "other_provider": two_people[entry.id]})
        return ProviderLink(findings=(finding,), name=entry.name, zone=entry.zone)
    if entry.is_connected and _belonged_to_somebody_else(entry):
        finding = Finding("provider-number-reused", {**who, "id": entry.id, "previous": str(entry.previous_name)})
        return ProviderLink(findings=(finding,), name=entry.name, zone=entry.zone)
    against = _what_prevents(entry, enabled_by_npi, who)
    if against is not None:
        return ProviderLink(findings=(against,), name=entry.name, zone=entry.zone)
    warnings = []
    if entry.previous_name is not None:
        warnings.append(Finding("provider-renamed", {**who, "previous": entry.previous_name}))
    if not entry.npi:
        warnings.append(Finding("provider-npi-missing", who))
    if entry.staff_id is None:
        warnings.append(Finding("provider-without-login", who))
    return ProviderLink(entry.id, entry.staff_id, tuple(warnings), entry.name, entry.zone)


def _what_prevents(
    entry: CatalogEntry, enabled_by_npi: Mapping[str, CatalogEntry], who: Mapping[str, str]
) -> Finding | None:
    if not entry.is_clinician:
        return Finding("not-a-provider", who)
    if not entry.is_active:
        return Finding("provider-inactive", who)
    if entry.is_connected:
        return None
    if entry.npi and entry.npi in enabled_by_npi:
        return Finding("provider-other-profile", {**who, "id": entry.id})
    return Finding("provider-not-enabled", who)


def _belonged_to_somebody_else(entry: CatalogEntry) -> bool:
    """D3: another name and another NPI under the number that was enabled."""
    return entry.previous_name is not None and entry.previous_npi is not None and entry.previous_npi != entry.npi


def _logins_of_two_people(enabled: Iterable[CatalogEntry]) -> dict[str, str]:
    """Practitioner id → name of the other one, where one login serves two NPIs: one of the two links is wrong."""
    by_login: dict[str, list[CatalogEntry]] = defaultdict(list)
    for entry in enabled:
        if entry.staff_id is not None and entry.npi:
            by_login[entry.staff_id].append(entry)
    return {
        entry.id: next(other.name for other in sharing if other.npi != entry.npi)
        for sharing in by_login.values()
        if len({entry.npi for entry in sharing}) > 1
        for entry in sharing
    }


def _links_by_name(entries: Iterable[CatalogEntry], links: Mapping[str, ProviderLink]) -> dict[str, ProviderLink]:
    named: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        for name in {entry.name, *entry.synonyms}:
            named[name].append(entry.id)
    ambiguous = {name for name, ids in named.items() if len(ids) > 1}
    return {
        name: _only(Finding("provider-ambiguous", {"provider": f"“{name}”"})) if name in ambiguous else links[ids[0]]
        for name, ids in named.items()
    }


def _only(finding: Finding) -> ProviderLink:
    return ProviderLink(findings=(finding,))
