"""Reasons in general, before anything is found: as this practice's answers would word them, by an example."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from visitsync.domain.decision import Finding
from visitsync.domain.explanation import Explanation, Screen, explain
from visitsync.rules.conditions import condition_lookup
from visitsync.rules.sync_time import expected_minutes
from visitsync.sync.desk import Desk
from visitsync.sync.office import Office

ANY_EMR = "the EMR"
"""What it is called where a practice has several, or none yet."""


def screens(office: Office) -> list[tuple[Screen, Mapping[str, str]]]:
    """For each EMR its words, and what evidence always says there; where there is none, the usual words."""
    return [(desk.screen, _always(desk)) for desk in office.desks.values()] or [(any_screen(office), {})]


def any_screen(office: Office) -> Screen:
    """The words of the practice's EMR; where it has several, or none, words that fit all."""
    desks = list(office.desks.values())
    if len(desks) == 1:
        return desks[0].screen
    return Screen(emr="", words={"emr": ANY_EMR}, zone=office.zone, now=office.now)


def in_general(code: str, screen: Screen, always: Mapping[str, str]) -> Explanation:
    """The reason as an answer words it. What an appointment would tell is invented, what the practice set is not."""
    evidence = {**_EXAMPLES, **_times(screen.now), **always, **_EXAMPLES_OF.get(code, {})}
    if code == "type-misspelt":
        evidence["approved"] = evidence["approved"].partition(", ")[0]
        evidence["found"] = _misspelt(evidence["approved"])
    found = explain(Finding(code, evidence), screen)
    return msgspec.structs.replace(
        found, title=_begun(found.title), sentence=_begun(found.sentence), fix=_begun(found.fix)
    )


def _always(desk: Desk) -> dict[str, str]:
    """What the practice set, and what the EMR's habits are."""
    facts = desk.practice.connection
    condition = facts.recognition.conditions[0]
    least, most = facts.usual_minutes
    approved = condition_lookup(condition, desk.practice).approved
    return {
        "kind": condition.kind.value,
        "kinds": ", ".join(one.kind.value for one in facts.recognition.conditions),
        "usual": f"{least}–{max(most, expected_minutes(facts))}",
        "abnormal": str(facts.abnormal_minutes),
        "months": str(facts.sync_months),
        "business_days": str(facts.slow_lane_business_days),
        **({"approved": approved} if approved else {}),
    }


def _times(now: datetime) -> dict[str, str]:
    """An example happens today."""
    return {
        "booked_at": (now - timedelta(minutes=10)).isoformat(),
        "changed_at": (now - timedelta(hours=2)).isoformat(),
        "ended_at": (now - timedelta(hours=1)).isoformat(),
        "missing_at": (now - timedelta(minutes=30)).isoformat(),
        "last_read_at": (now - timedelta(minutes=4)).isoformat(),
        "next_read_at": (now + timedelta(minutes=1)).isoformat(),
        "first_seen_at": (now - timedelta(days=2)).isoformat(),
        "enters_on": (now + timedelta(days=12)).date().isoformat(),
        "day_on": (now + timedelta(days=3)).date().isoformat(),
    }


def _misspelt(approved: str) -> str:
    """The letter in the midst of its first word is left out."""
    middle = len(approved.partition(" ")[0]) // 2
    return approved[:middle] + approved[middle + 1 :]


def _begun(text: str) -> str:
    """Sentences that begin with "the EMR" begin large."""
    return text[:1].upper() + text[1:] if text.startswith(ANY_EMR) else text


_EXAMPLES: Mapping[str, str] = {
    "allowed": "only multiples of 15 minutes can be used",
    "abnormal": "30",
    "and_more": "",
    "appointment": "number 41872",
    "appointments": "number 41872",
    "approved": "Telemedicine",
    "business_days": "7",
    "chart": "10482",
    "difference": "a missing letter",
    "domain": "gmial.com",
    "fields": "date of birth, ZIP code",
    "found": "Office Visit",
    "id": "2207",
    "into_chart": "",
    "kind": "type",
    "kinds": "type",
    "location_zone": "America/Denver",
    "minutes": "20",
    "months": "3",
    "other_chart": "10533",
    "other_provider": "Dr. Selma Okoro",
    "payer": "Northern Health",
    "people": "4",
    "previous": "Video Call",
    "problem": "a space inside the address",
    "provider": "Dr. Ines Halloran",
    "provider_zone": "America/Chicago",
    "reachable": "2",
    "slot": "guarantor",
    "status": "Phoned OK",
    "status_note": "",
    "suggestion": "gmail.com",
    "usual": "3–15",
    "wall": "Sun, Mar 8, 2026, 2:30 AM",
    "why": "by its name",
    "words": "“zoom”",
    "zone": "America/Chicago",
}
"""For every name that the catalogue's sentences may ask for."""

_EXAMPLES_OF: Mapping[str, Mapping[str, str]] = {
    "address-unusable": {"problem": "the state has more than two letters"},
    "begun-when-it-arrived": {"usual": "15"},
    "booked-close-to-start": {"usual": "15"},
    "date-of-birth-unusable": {"problem": "it lies after the visit"},
    "location-not-connected": {"found": "Riverside"},
    "location-renamed": {"found": "Riverside", "previous": "River Street"},
    "location-retired": {"found": "Riverside"},
    "outside-opening-hours": {"wall": "Mon, Mar 9, 2026, 11:30 PM"},
    "phone-unusable": {"problem": "it has too few digits"},
    "provider-number-reused": {"previous": "Dr. Selma Okoro"},
    "provider-renamed": {"previous": "Ines Whitlock"},
    "resource-excluded": {"found": "Overflow"},
    "status-unclear": {"status": "Called off?"},
    "time-contradictory": {"wall": "Mon, Mar 9, 2026, 2:30 PM"},
    "type-has-new-id": {"found": "Telemedicine"},
    "type-name-changed": {"found": "Video Visit"},
    "type-new": {"found": "Video Check-in"},
    "type-not-connected": {"found": "Video Check-in"},
    "type-renamed": {"found": "Video Visit"},
    "type-retired": {"found": "Video Call"},
}
