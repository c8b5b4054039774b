"""What must be answered to every scenario that the pretend EMRs stage side by side in one practice."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.conformance.across_rooms import SOON, WITHIN_A_DAY, AcrossRooms, Told
from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.domain.appointment import MarkKind
from visitsync.domain.decision import Outcome
from visitsync.domain.explanation import DEFAULT_WORDS
from visitsync.domain.practice import Demographic
from visitsync.domain.reason import Owner

READY, WAITING, NEEDS_FIX = Outcome.READY, Outcome.WAITING, Outcome.NEEDS_FIX
NEEDS_PROVIDER, ON_HOLD = Outcome.NEEDS_PROVIDER, Outcome.ON_HOLD
NOT_TELEMEDICINE, CANCELLED, OVER = Outcome.NOT_TELEMEDICINE, Outcome.CANCELLED, Outcome.OVER
DESK, ADMIN, NOBODY = Owner.FRONT_DESK, Owner.PRACTICE_ADMIN, Owner.NOBODY

DEMANDED_FOR: Mapping[str, Demographic] = {
    "C1": Demographic.DATE_OF_BIRTH,
    "C1-address": Demographic.ADDRESS,
    "C1-name": Demographic.FIRST_NAME,
    "C2": Demographic.INSURANCE,
    "C3-birth-date": Demographic.DATE_OF_BIRTH,
}
"""Scenario → what an EMR must demand for it to be a cause at all (article, section 5)."""


def told_by(vendor: AcrossRooms) -> dict[str, Told]:
    """Scenario → what is told, for all that this EMR stages in one practice."""
    demanded = vendor.manifest.required_demographics
    shared = {
        name: told if name not in DEMANDED_FOR or DEMANDED_FOR[name] in demanded else Told()
        for name, told in _shared(vendor).items()
    }
    staged = set(vendor.module.SCENARIOS) - set(vendor.elsewhere)
    pushed = _pushed(vendor, shared) if vendor.manifest.feed is Feed.PUSH else {}
    gathered = {} if _has_lists(vendor.manifest) else {"A3": _not_approved(vendor, "Remote Wellness Check")}
    return {name: told for name, told in {**shared, **gathered, **pushed, **vendor.told}.items() if name in staged}


def _has_lists(manifest: Manifest) -> bool:
    return manifest.lists_are_complete and manifest.is_listed


def _not_approved(vendor: AcrossRooms, name: str) -> Told:
    """Of lists that are gathered from what is booked nobody can say that something in them is new."""
    return Told(
        outcome=NOT_TELEMEDICINE, codes=("type-not-approved",), owner=DESK, by=SOON,
        says=f"“{name}”, which is not an approved telemedicine {word(vendor, vendor.mark)}", fix="one of: ",
    )  # fmt: skip


def _pushed(vendor: AcrossRooms, shared: Mapping[str, Told]) -> dict[str, Told]:
    """What differs where messages come by themselves: nothing is read, and nothing is slow for being far ahead."""
    replace, name = msgspec.structs.replace, vendor.manifest.name
    return {
        "A5": Told(outcome=NEEDS_FIX, codes=("type-not-connected",), owner=ADMIN, by=SOON,
                   says="“Video Consult (30 min)” sounds like telemedicine", fix="connects “Video Consult (30 min)”"),
        "B6": Told(),  # the message about the merge says which chart it is now
        "C5": replace(shared["C5"], then_codes=("provider-npi-missing",)),  # nothing is sent for it
        "E2": replace(shared["E2"], codes=("not-sent-yet",), says=f"{name} has not sent it"),
        "E5": replace(shared["E5"], says="had begun when it reached us"),
        "E7-repeated": replace(shared["E7-repeated"], codes=("time-ambiguous",), by=SOON),
        "F5": replace(shared["F5"], by=SOON),
        "F7": Told(codes=("made-from-another",), owner=NOBODY, says="made it from an earlier appointment ({old})",
                   fix="Nothing to do", then_codes=("made-from-another",)),
        "F9": Told(outcome=CANCELLED, codes=("deleted-in-emr",), owner=DESK, says="deleted there, not cancelled",
                   fix="Does the patient know?", then=CANCELLED, then_codes=("deleted-in-emr",)),
    }  # fmt: skip


def _shared(vendor: AcrossRooms) -> dict[str, Told]:
    """What all EMRs tell alike, each in its own words."""
    name, usual = vendor.manifest.name, vendor.manifest.usual_minutes[1]
    kind, place, provider, patient = (word(vendor, each) for each in (vendor.mark, "location", "provider", "patient"))

    def desk(code: str, says: str, fix: str, outcome: Outcome = NEEDS_FIX) -> Told:
        return Told(outcome=outcome, codes=(code,), owner=DESK, says=says, fix=fix, by=SOON)

    def warned(code: str, says: str, fix: str, owner: Owner = DESK) -> Told:
        return Told(codes=(code,), owner=owner, says=says, fix=fix)

    return {
        "A1": desk("type-not-approved", f"“Office Visit”, which is not an approved telemedicine {kind}",
                   "one of: Telemedicine Visit, Video Consult", NOT_TELEMEDICINE),
        "A2": desk("type-misspelt", "“Telemedicne Visit” differs from the approved “Telemedicine Visit” only by one",
                   "“Telemedicine Visit” exactly"),
        "A2-case": desk("type-misspelt", "only by capital letters and spaces", "“Telemedicine Visit” exactly"),
        "A3": Told(outcome=NOT_TELEMEDICINE, codes=("type-new",), owner=ADMIN, by=SOON,
                   says=f"“Remote Wellness Check” is new in {name}", fix="a practice admin connects it"),
        "A4": Told(outcome=NEEDS_FIX, codes=("location-not-connected",), owner=ADMIN, by=SOON,
                   says=f"The {place} “North Annex” is not connected", fix=f"at a connected {place}"),
        "A5": Told(outcome=NEEDS_FIX, codes=("type-name-changed",), owner=ADMIN, by=SOON,
                   says=f"“Video Consult” was approved by its name; {name} calls it “Video Consult (30 min)” now",
                   fix=f"give it its old name back in {name}", follows="next day"),
        "A7": desk("nothing-marks-it", f"has no {kind}, so nothing says that it is a video visit",
                   "one of: Telemedicine Visit, Video Consult", NOT_TELEMEDICINE),
        "A8": desk("video-in-note", "it says “zoom”, but it is booked as “Office Visit”",
                   "one of: Telemedicine Visit, Video Consult"),
        "A9": Told(),
        "A10": Told(outcome=NEEDS_FIX, codes=("resource-excluded", "not-a-provider"), owner=ADMIN, by=SOON,
                    says="“Overflow Column” is excluded from the sync", fix="off the list of exclusions",
                    then=NEEDS_PROVIDER, then_codes=("not-a-provider",)),
        "B1": desk("email-missing", "has no e-mail address", "enter it on the"),
        "B1-placeholder": desk("email-placeholder", "filled in just to have something", "in place of the placeholder"),
        "B2": desk("email-two-addresses", "more than one address", "Keep only the address that the patient logs in"),
        "B2-syntax": desk("email-invalid", "not a valid address", "Check the address with the patient"),
        "B2-space": desk("email-invalid", "a space inside the address", f"correct it on the {patient}'s record"),
        "B2-typo": desk("email-mistyped", "ends in @gmial.com. Did they mean @gmail.com?", "Check the address"),
        "B3": desk("email-is-staff", "in use by a staff member of this practice", "declare the appointment a test"),
        "B4": desk("email-shared", "Chart {other} has the same e-mail address", "Link the patients as one household"),
        "B5": Told(outcome=NEEDS_FIX, codes=("duplicate-chart-same-email",), owner=ADMIN, by=SOON,
                   says="This chart and chart {other} agree in name, birth date and e-mail",
                   fix="Merge the two charts"),
        "B6": desk("chart-gone", f"{name} no longer knows the record that this appointment was booked for",
                   f"Open the appointment in {name} and pick the patient again", ON_HOLD),
        "B9": warned("minor-without-adult", "will be under 18", "Add"),
        "B10": Told(outcome=NEEDS_FIX, codes=("email-missing", "email-in-other-field"), owner=DESK, by=SOON,
                    says="has no e-mail address", fix="enter it on the"),
        "B10-work": desk("email-missing", "has no e-mail address", "enter it on the"),
        "B11": desk("patient-inactive", f"{name} marks this {patient}'s record as inactive", "Reactivate"),
        "B11-deceased": desk("patient-deceased", f"{name} marks this patient as deceased", "Check that the right pat",
                             ON_HOLD),
        "B12": warned("test-patient", "looks like a test, by its name", "Declare the appointment a test visit"),
        "B13": Told(outcome=NOT_TELEMEDICINE, codes=("held-slot",), owner=NOBODY, says="a held slot, a break",
                    fix="Nothing to do", then=NOT_TELEMEDICINE, then_codes=("held-slot",)),
        "C1": desk("demographics-missing", f"Missing on the {patient}'s record: date of birth", "ill in"),
        "C1-address": desk("demographics-missing", "record: address", "ill in: address"),
        "C1-name": desk("demographics-missing", "record: first name", "ill in: first name"),
        "C2": desk("insurance-missing", f"{name} wants insurance on the {patient}'s record, or self-pay", ""),
        "C3": warned("address-unusable", "the state is not written as two letters", "two letters for the state"),
        "C3-birth-date": desk("date-of-birth-unusable", "cannot be right: it", "Correct the date of birth"),
        "C3-phone": warned("phone-unusable", "it contains words", "Correct the phone number"),
        "C3-zip": warned("address-unusable", "the ZIP code does not have five or nine digits", "five (or nine) digits"),
        "C4": warned("payer-not-from-list", "The payer “harbor mutal” was typed in", "payer"),
        "C5": msgspec.structs.replace(
            warned("provider-npi-missing", "No NPI is on file for", "Add the NPI of", ADMIN),
            follows="next day"),
        "D1": Told(outcome=NEEDS_PROVIDER, codes=("provider-not-enabled",), owner=ADMIN, by=SOON,
                   says="Abara", fix="A practice admin enables"),
        "D2": desk("not-a-provider", f"which is not a {provider}", "Move the appointment to a", NEEDS_PROVIDER),
        "D4": Told(outcome=NEEDS_PROVIDER, codes=("provider-other-profile",), owner=ADMIN, by=SOON,
                   says="is enabled under another profile (same NPI)", fix="enables this profile too"),
        "D5": Told(outcome=NEEDS_PROVIDER, codes=("provider-not-enabled",), owner=ADMIN, by=SOON,
                   says="Finch", fix="A practice admin enables"),
        "D6": Told(outcome=NEEDS_PROVIDER, codes=("provider-inactive",), owner=ADMIN, by=SOON,
                   says=f"is inactive or suspended in {name}", fix="or reactivate Cormac Adeyemi", follows="next day"),
        "D7": Told(),
        "E1": Told(),
        "E2": Told(outcome=None, codes=("not-received-yet",), owner=NOBODY, follows="next day",
                   says="Last complete reading: today 10:10 AM", fix="Nothing to do yet", by="Expected by today 1"),
        "E3": Told(outcome=WAITING, codes=("beyond-horizon",), owner=NOBODY, fix="Nothing to do",
                   says="will appear by itself on Sun, Nov 8, 2026", by="Expected by Sun, Nov 8, 2026.",
                   then=WAITING, then_codes=("beyond-horizon",)),
        "E4": Told(),
        "E5": warned("begun-when-it-arrived", "booked today 10:00 AM and had begun when it reached us", "Start now"),
        "E6": warned("booked-close-to-start", f"less than {usual} minutes before its start", "expect the message late"),
        "E7-missing": Told(outcome=WAITING, codes=("beyond-horizon", "time-nonexistent"), owner=NOBODY,
                           says="will appear by itself on Mon, Dec 14, 2026", fix="put right in the meantime",
                           by="Expected by Mon, Dec 14, 2026."),
        "E7-repeated": Told(outcome=ON_HOLD, codes=("time-ambiguous", "slow-lane"), owner=DESK, by=WITHIN_A_DAY,
                            says="The clocks show Sun, Nov 1, 2026, 1:30 AM twice", fix="out of the repeated hour"),
        "E10": desk("duration-not-allowed", "It is 5 minutes long; only multiples of 15 minutes",
                    "Change the length of the appointment"),
        "F1": Told(outcome=CANCELLED, codes=("cancelled",), owner=DESK, says=f"marked as cancelled in {name}",
                   fix="set its status back"),
        "F1-no-show": Told(outcome=CANCELLED, codes=("no-show",), owner=DESK, says=f"marked as a no-show in {name}",
                           fix="set its status back"),
        "F1-completed": Told(outcome=OVER, codes=("completed",), owner=DESK, says=f"marked as completed in {name}",
                             fix="set its status back"),
        "F2": warned("status-unknown", "The status “Phoned-OK” is the practice's own", "says what “Phoned-OK” means",
                     ADMIN),
        "F3": desk("not-confirmed", f"tentative or on the waiting list in {name}",
                   f"Confirm the appointment in {name}"),
        "F4": Told(),
        "F5": Told(outcome=NOT_TELEMEDICINE, codes=("type-not-approved",), owner=DESK, by=WITHIN_A_DAY,
                   says="“Office Visit”, which is not an approved", fix="one of: "),
        "F6": warned("group-visit", "4 patients are booked together", "Book the others separately"),
        "F7": Told(),
        "F8": Told(outcome=CANCELLED, codes=("cancelled",), owner=DESK, says="cancelled", fix="book it again",
                   then=CANCELLED, then_codes=("cancelled",)),
        "F9": Told(outcome=None, codes=("not-received-yet",), owner=NOBODY, says="We have not received it",
                   fix="Check that you are looking at the right day", by="Expected by today 1",
                   then=None, then_codes=("not-received-yet",)),
        "F10": warned("overlaps-another", "has another video visit as well", "move it in"),
    }  # fmt: skip


def word(vendor: AcrossRooms, ours: str | MarkKind) -> str:
    """What this EMR's staff call something."""
    return vendor.manifest.words.get(str(ours)) or DEFAULT_WORDS[str(ours)]
