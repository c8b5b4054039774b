"""Why an appointment may not sync: every known cause, and where one that is no reason yet is dealt with."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from visitsync.domain.reasons import REASONS


class Place(StrEnum):
    """Where a cause without a reason of its own is dealt with."""

    ENGINE = "done by the engine"
    WEB_APP = "waits for: web app"
    VISITS = "waits for: visits and patients"
    NEVER = "cannot arise"


class Cause(msgspec.Struct, frozen=True):
    """One cause. Either reasons of the catalogue name it as theirs, or `place` says where it is dealt with, and how."""

    title: str
    place: Place | None = None
    how: str = ""


def _waits(title: str, place: Place, how: str) -> Cause:
    return Cause(title, place, how)


CAUSES: Mapping[str, Cause] = MappingProxyType({
    "A1": Cause("Booked as something that is not approved telemedicine"),
    "A2": Cause("Misspelt, other case, a space too many"),
    "A3": Cause("A new appointment type that nobody connected"),
    "A4": Cause("A new location that nobody connected"),
    "A5": Cause("The type was renamed, retired or its number used again"),
    "A6": Cause("Several marks must agree and one differs"),
    "A7": Cause("Any of several marks would do and none is set"),
    "A8": Cause("Only the note says that it is video"),
    "A9": _waits("The EMR books video visits without making a room", Place.VISITS, "we make the room ourselves"),
    "A10": Cause("The column, room or location is excluded"),
    "B1": Cause("No e-mail, or a placeholder"),
    "B2": Cause("The e-mail is not valid, or looks mistyped"),
    "B3": Cause("The e-mail belongs to a staff login"),
    "B4": Cause("Another patient has the same e-mail"),
    "B5": Cause("The same person has two charts"),
    "B6": Cause("The chart was merged, renumbered or removed"),
    "B7": _waits("Two patients might be meant", Place.NEVER, "patients are joined by the EMR's own number only"),
    "B8": _waits("Nickname or suffix in the way of a match", Place.VISITS, "matters when the patient logs in"),
    "B9": Cause("A minor without a responsible adult"),
    "B10": Cause("The e-mail stands in another field"),
    "B11": Cause("The patient is inactive or deceased, or the chart restricted"),
    "B12": Cause("A test patient outside a test visit"),
    "B13": Cause("Nobody is booked: a block or a held slot"),
    "C1": Cause("Name, date of birth or address is missing"),
    "C2": Cause("Insurance is missing where the EMR wants it"),
    "C3": Cause("Something is there but cannot be used"),
    "C4": Cause("The payer was not chosen from the list"),
    "C5": Cause("The provider has no NPI"),
    "C6": _waits("The plan is not eligible, or nobody can say", Place.VISITS, "needs a payer's verdict"),
    "C7": _waits("Two systems disagree on a detail", Place.VISITS, "arises once patients confirm their details"),
    "D1": Cause("The provider is not enabled for telemedicine"),
    "D2": Cause("Booked with somebody, or something, that is no provider"),
    "D3": Cause("The provider is linked to somebody else's login"),
    "D4": Cause("The provider has several profiles"),
    "D5": Cause("The provider is newer than our list"),
    "D6": Cause("The provider is inactive or has left"),
    "D7": _waits("Moved to another provider, and the room was lost", Place.ENGINE, "the visit follows with its link"),
    "E1": Cause("Still inside the usual sync time"),
    "E2": Cause("Later than is normal"),
    "E3": Cause("More than three months ahead"),
    "E4": Cause("More than seven business days ahead"),
    "E5": Cause("Over, or begun, when first seen"),
    "E6": Cause("Booked closer to its start than a sync takes"),
    "E7": Cause("Time zone or change of clocks makes the time unclear"),
    "E8": Cause("Outside opening hours"),
    "E9": Cause("The connection is set to read a shorter time ahead"),
    "E10": Cause("A length that cannot be used"),
    "F1": Cause("Cancelled, no-show, or completed"),
    "F2": Cause("A status of the practice's own"),
    "F3": Cause("Only a request, tentative or on the waiting list"),
    "F4": _waits("Only the first of a series came across", Place.ENGINE, "every occurrence has its own answer"),
    "F5": Cause("Editing a series took the video mark away"),
    "F6": Cause("A group visit"),
    "F7": Cause("Rescheduled as a cancelled and a new appointment"),
    "F8": Cause("Changed or cancelled before we ever saw it"),
    "F9": Cause("Deleted, not cancelled"),
    "F10": Cause("Overlaps another appointment"),
    "G1": Cause("The connection is not live, or paused"),
    "G2": Cause("Credentials expired or withdrawn"),
    "G3": Cause("The connecting user may not see everything"),
    "G4": Cause("Access by other programs is switched off in the EMR"),
    "G5": Cause("The EMR is down, or limits how often it may be asked"),
    "G6": _waits("A program in the practice's office stopped", Place.ENGINE, "a silent sender is told as H8"),
    "G7": _waits("A browser extension that nobody has open", Place.NEVER, "no connector reads through a browser"),
    "G8": Cause("The same credential is used twice"),
    "G9": _waits("The EMR is too old, or a module is missing", Place.ENGINE, "the check of the connection says so"),
    "G10": Cause("Network, names, certificates"),
    "H1": _waits("A change was never announced", Place.ENGINE, "the sweep finds it; each repair is counted"),
    "H2": _waits("Announced before it could be read", Place.ENGINE, "readings overlap; what is wanted is asked again"),
    "H3": _waits("A page or a change was skipped", Place.ENGINE, "bookmarks overlap, and the sweep compares"),
    "H4": Cause("One record cannot be read"),
    "H5": Cause("Whole answers cannot be read"),
    "H6": _waits("Belongs to another location on a shared server", Place.ENGINE, "told as A4: location not chosen"),
    "H7": _waits("Something written back was refused", Place.VISITS, "nothing is written back so far"),
    "H8": Cause("Healthy, but suspiciously little comes"),
    "I1": _waits("The invitation bounced", Place.VISITS, "no mail is sent so far"),
    "I2": _waits("The invitation was not opened", Place.VISITS, "no mail is sent so far"),
    "I3": _waits("The reminders were listed before it was booked", Place.VISITS, "no mail is sent so far"),
    "I4": _waits("The patient opted out", Place.VISITS, "no mail is sent so far"),
    "I5": _waits("The patient uses an old link", Place.VISITS, "there are no links so far"),
    "I6": _waits("Confirmed after it was moved", Place.VISITS, "nothing is confirmed so far"),
    "I7": _waits("The identity check fails", Place.VISITS, "there is no login so far"),
    "I8": _waits("The link is opened too early", Place.VISITS, "there are no links so far"),
    "J1": _waits("Looked for in the wrong place", Place.WEB_APP, "`why` already searches all days and providers"),
    "J2": _waits("It is in another practice", Place.WEB_APP, "nothing of another practice is ever shown"),
    "J3": _waits("It synced and was cancelled since", Place.ENGINE, "`why` shows the history of its decisions"),
    "J4": _waits("The EMR is not supported", Place.NEVER, "the list of EMRs says so; adding one is one folder"),
})  # fmt: skip
"""Number → cause. Groups: A recognition, B patient, C demographics, D provider, E timing, F state, G connection,
H pipeline, I patient not reached, J expectations."""


def codes_of(cause: str) -> list[str]:
    """The codes of the reasons that name this cause as theirs, in the order in which they would lead."""
    return [reason.code for reason in sorted(REASONS.values(), key=lambda one: one.rank) if reason.cause == cause]
