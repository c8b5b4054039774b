"""What must be answered to every scenario that the pretend EMRs stage side by side in one practice."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner

READY, WAITING, NEEDS_FIX = Outcome.READY, Outcome.WAITING, Outcome.NEEDS_FIX
NEEDS_PROVIDER, ON_HOLD = Outcome.NEEDS_PROVIDER, Outcome.ON_HOLD
NOT_TELEMEDICINE, CANCELLED, OVER = Outcome.NOT_TELEMEDICINE, Outcome.CANCELLED, Outcome.OVER
DESK, ADMIN, NOBODY = Owner.FRONT_DESK, Owner.PRACTICE_ADMIN, Owner.NOBODY

SOON = "Once that is done, it is right by itself: by today"
"""A fix shows the same day."""
WITHIN_A_DAY = "Once that is done, it is right by itself: by tomorrow"
"""It lies more than seven business days ahead."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the answer says, before and after the cause is removed."""

    outcome: Outcome | None = READY
    """None: never received."""
    codes: tuple[str, ...] = ()
    """All that is found, the leading one first."""
    owner: Owner | None = None
    says: str = ""
    """Part of the leading sentence: that the evidence names the right thing."""
    fix: str = ""
    """Part of the leading fix: what to do, in this EMR's words."""
    by: str = ""
    """How the leading finding says by when; "" where nothing is promised."""
    follows: Literal["soon", "next day"] = "soon"
    """Whether what was put right shows with the next reading, or once the EMR's lists are read again."""
    then: Outcome | None = READY
    then_codes: tuple[str, ...] = ()


def _told(emr: str) -> dict[str, Told]:
    """`chart`, `booking` … are what this EMR calls things."""
    name, chart, email = _NAMES[emr], _CHARTS[emr], _EMAILS[emr]
    kind, kinds, place = _KINDS[emr], f"{_KINDS[emr]}s", _PLACES[emr]

    def desk(code: str, says: str, fix: str, outcome: Outcome = NEEDS_FIX) -> Told:
        return Told(outcome=outcome, codes=(code,), owner=DESK, says=says, fix=fix, by=SOON)

    def warned(code: str, says: str, fix: str, owner: Owner = DESK) -> Told:
        return Told(codes=(code,), owner=owner, says=says, fix=fix)

    return {
        "A1": desk("type-not-approved", f"“Office Visit”, which is not an approved telemedicine {kind}",
                   f"open the appointment and choose one of these {kinds}: Telemedicine Visit, Video Consult",
                   NOT_TELEMEDICINE),
        "A2": desk("type-misspelt", "“Telemedicne Visit” differs from the approved “Telemedicine Visit” only by one",
                   f"choose the {kind} “Telemedicine Visit”"),
        "A2-case": desk("type-misspelt", "only by capital letters and spaces", f"the {kind} “Telemedicine Visit”"),
        "A3": Told(outcome=NOT_TELEMEDICINE, codes=("type-new",), owner=ADMIN, by=SOON,
                   says=f"“Remote Wellness Check” is new in {name}", fix="a practice admin connects it"),
        "A4": Told(outcome=NEEDS_FIX, codes=("location-not-connected",), owner=ADMIN, by=SOON,
                   says=f"The {place} “North Annex” is not connected", fix=f"at a connected {place}"),
        "A5": Told(outcome=NEEDS_FIX, codes=("type-name-changed",), owner=ADMIN, by=SOON,
                   says=f"“Video Consult” was approved by its name; {name} calls it “Video Consult (30 min)” now",
                   fix=f"give it its old name back in {name}", follows="next day"),
        "A7": desk("nothing-marks-it", f"has no {kind}, so nothing says that it is a video visit",
                   f"choose an {kind}: Telemedicine Visit, Video Consult", NOT_TELEMEDICINE),
        "A8": desk("video-in-note", "it says “zoom”, but it is booked as “Office Visit”",
                   f"choose one of these {kinds}: Telemedicine Visit, Video Consult"),
        "A9": Told(),
        "A10": Told(outcome=NEEDS_FIX, codes=("resource-excluded", "not-a-provider"), owner=ADMIN, by=SOON,
                    says="“Overflow Column” is excluded from the sync", fix="off the list of exclusions",
                    then=NEEDS_PROVIDER, then_codes=("not-a-provider",)),
        "B1": desk("email-missing", "has no e-mail address", email),
        "B1-placeholder": desk("email-placeholder", "filled in just to have something", "in place of the placeholder"),
        "B2": desk("email-two-addresses", "more than one address", "Keep only the address that the patient logs in"),
        "B2-syntax": desk("email-invalid", "not a valid address", "Check the address with the patient"),
        "B2-space": desk("email-invalid", "a space inside the address", "correct it on the patient's record"),
        "B2-typo": desk("email-mistyped", "ends in @gmial.com. Did they mean @gmail.com?", "Check the address"),
        "B3": desk("email-is-staff", "in use by a staff member of this practice", "declare the appointment a test"),
        "B4": desk("email-shared", "Chart {other} has the same e-mail address", "Link the patients as one household"),
        "B5": Told(outcome=NEEDS_FIX, codes=("duplicate-chart-same-email",), owner=ADMIN, by=SOON,
                   says="This chart and chart {other} agree in name, birth date and e-mail",
                   fix=f"Merge the two {_CHART[emr]}s in {_SHORT[emr]}"),
        "B6": desk("chart-gone", f"{name} no longer knows the record that this appointment was booked for",
                   f"Open the appointment in {name} and pick the patient again", ON_HOLD),
        "B9": warned("minor-without-adult", "will be under 18", _GUARDIANS[emr]),
        "B11": desk("patient-inactive", f"{name} marks this patient's record as inactive", _REACTIVATE[emr]),
        "B12": warned("test-patient", "looks like a test, by its name", "Declare the appointment a test visit"),
        "B13": Told(outcome=NOT_TELEMEDICINE, codes=("held-slot",), owner=NOBODY, says="a held slot, a break",
                    fix="Nothing to do", then=NOT_TELEMEDICINE, then_codes=("held-slot",)),
        "C1": desk("demographics-missing", "Missing on the patient's record: date of birth", f"{chart} and fill in"),
        "C1-address": desk("demographics-missing", "record: address", "fill in: address"),
        "C1-name": desk("demographics-missing", "record: first name", "fill in: first name"),
        "C2": desk("insurance-missing", f"{name} wants insurance on the patient's record, or self-pay", _INSURE[emr]),
        "C3": warned("address-unusable", "the state is not written as two letters", "two letters for the state"),
        "C3-birth-date": desk("date-of-birth-unusable", "it lies after the visit", "Correct the date of birth"),
        "C3-phone": warned("phone-unusable", "it contains words", "Correct the phone number"),
        "C3-zip": warned("address-unusable", "the ZIP code does not have five or nine digits", "five (or nine) digits"),
        "C4": warned("payer-not-from-list", "The payer “harbor mutal” was typed in", _PAYER[emr]),
        "C5": msgspec.structs.replace(
            warned("provider-npi-missing", "No NPI is on file for Leopold Tran", "Add the NPI of Leopold Tran", ADMIN),
            follows="next day"),
        "D1": Told(outcome=NEEDS_PROVIDER, codes=("provider-not-enabled",), owner=ADMIN, by=SOON,
                   says="Wren Abara", fix="A practice admin enables Wren Abara"),
        "D2": desk("not-a-provider", "booked under {desk}, which is not a provider", _NOT_THE_DESK[emr],
                   NEEDS_PROVIDER),
        "D4": Told(outcome=NEEDS_PROVIDER, codes=("provider-other-profile",), owner=ADMIN, by=SOON,
                   says="is enabled under another profile (same NPI)", fix="enables this profile too"),
        "D5": Told(outcome=NEEDS_PROVIDER, codes=("provider-not-enabled",), owner=ADMIN, by=SOON,
                   says="Odalys Finch", fix="A practice admin enables Odalys Finch"),
        "D6": Told(outcome=NEEDS_PROVIDER, codes=("provider-inactive",), owner=ADMIN, by=SOON,
                   says=f"is inactive or suspended in {name}", fix="or reactivate Cormac Adeyemi", follows="next day"),
        "D7": Told(),
        "E1": Told(),
        "E2": Told(outcome=None, codes=("not-received-yet",), owner=NOBODY, says="Last complete reading: today 10:10",
                   fix="Nothing to do yet", by="Expected by today 10:", follows="next day"),
        "E3": Told(outcome=WAITING, codes=("beyond-horizon",), owner=NOBODY, fix="Nothing to do",
                   says="will appear by itself on Sun 8 Nov 2026", by="Expected by Sun 8 Nov 2026.",
                   then=WAITING, then_codes=("beyond-horizon",)),
        "E4": Told(),
        "E5": warned("begun-when-it-arrived", "booked today 10:00 and had begun when it reached us", "Start now"),
        "E6": warned("booked-close-to-start", "less than 15 minutes before its start", "expect the message late"),
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
        "F4": Told(),
        "F5": Told(outcome=NOT_TELEMEDICINE, codes=("type-not-approved",), owner=DESK, by=WITHIN_A_DAY,
                   says="“Office Visit”, which is not an approved", fix=f"choose one of these {kinds}"),
        "F8": Told(outcome=CANCELLED, codes=("cancelled",), owner=DESK, says="cancelled", fix="book it again",
                   then=CANCELLED, then_codes=("cancelled",)),
        "F9": Told(outcome=None, codes=("not-received-yet",), owner=NOBODY, says="We have not received it",
                   fix="Check that you are looking at the right day", by="Expected by today 10:",
                   then=None, then_codes=("not-received-yet",)),
        "F10": Told(),
    }  # fmt: skip


_NAMES = {"drchrono": "DrChrono", "kareo": "Kareo (Tebra)"}
_SHORT = {"drchrono": "DrChrono", "kareo": "Kareo"}
_KINDS = {"drchrono": "appointment profile", "kareo": "appointment reason"}
_PLACES = {"drchrono": "office", "kareo": "service location"}
_CHART = {"drchrono": "patient chart", "kareo": "patient record"}
_CHARTS = {"drchrono": "Open the demographics of the patient chart", "kareo": "Open the patient record"}
_EMAILS = {"drchrono": "as Email in the demographics of the patient chart", "kareo": "as the e-mail of the patient rec"}
_GUARDIANS = {"drchrono": "as responsible party in the demographics", "kareo": "as guarantor of the patient record"}
_REACTIVATE = {"drchrono": "Set the status of the patient chart to active", "kareo": "Tick the patient record as act"}
_INSURE = {"drchrono": "set its payment profile to Cash", "kareo": "set the case to Self Pay"}
_PAYER = {"drchrono": "Choose the payer from DrChrono's search", "kareo": "the insurance company from Kareo's list"}
_NOT_THE_DESK = {"drchrono": "choose a doctor as its provider instead of", "kareo": "besides, the resource “Front Des"}

TOLD: Mapping[str, Mapping[str, Told]] = {
    "drchrono": _told("drchrono") | {
        "A3-profile": Told(outcome=NEEDS_FIX, codes=("type-not-connected",), owner=ADMIN, by=SOON,
                           says="“Telemedicine Visit (Dr. only)” sounds like telemedicine",
                           fix="connects “Telemedicine Visit (Dr. only)”"),
        "B10": Told(outcome=NEEDS_FIX, codes=("email-missing", "email-in-other-field"), owner=DESK, by=SOON,
                    says="has no e-mail address", fix="as Email in the demographics of the patient chart"),
        "B11-deceased": Told(outcome=ON_HOLD, codes=("patient-deceased",), owner=DESK, by=SOON,
                             says="DrChrono marks this patient as deceased", fix="Check that the right patient"),
        "B13-dummy": Told(outcome=CANCELLED, codes=("cancelled",), owner=DESK, says="cancelled", fix="book it again",
                          then=CANCELLED, then_codes=("cancelled",)),
        "E7": Told(outcome=NEEDS_PROVIDER, codes=("provider-not-enabled", "zones-differ"), owner=ADMIN, by=SOON,
                   says="Junia Moreau is not enabled", fix="A practice admin enables Junia Moreau",
                   follows="next day"),
        "E7-missing": Told(outcome=WAITING, codes=("beyond-horizon", "time-nonexistent"), owner=NOBODY,
                           says="will appear by itself on Mon 14 Dec 2026", fix="put right in the meantime",
                           by="Expected by Mon 14 Dec 2026."),
        "E7-repeated": Told(outcome=ON_HOLD, codes=("time-ambiguous", "slow-lane"), owner=DESK,
                            says="The clocks show Sun 1 Nov 2026 01:30 twice", fix="out of the repeated hour",
                            by=WITHIN_A_DAY),
        "F7": Told(codes=("made-from-another",), owner=NOBODY, says="made it from an earlier appointment ({old})",
                   fix="Nothing to do", then_codes=("made-from-another",)),
        "F9-archived": Told(outcome=CANCELLED, codes=("deleted-in-emr",), owner=DESK,
                            says="no longer in DrChrono's schedule", fix="Does the patient know?",
                            then=CANCELLED, then_codes=("deleted-in-emr",)),
    },
    "kareo": _told("kareo") | {
        "B10-work": Told(outcome=NEEDS_FIX, codes=("email-missing",), owner=DESK, by=SOON,
                         says="has no e-mail address", fix="as the e-mail of the patient record"),
        "F3": Told(outcome=NEEDS_FIX, codes=("not-confirmed",), owner=DESK, by=SOON,
                   says="tentative or on the waiting list in Kareo (Tebra) (status “Tentative”)",
                   fix="Confirm the appointment in Kareo (Tebra)"),
        "F7": Told(),
    },
}  # fmt: skip
"""EMR → scenario → what is told."""

ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "drchrono": {
        "A2-reason": "needs a practice that approves reasons: test_several_marks",
        "A6": "needs a practice that approves type and office together: test_several_marks",
        "A6-reason": "needs a practice that approves profile and reason together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
        "F3": "DrChrono has no status for a request; “Not Confirmed” is an ordinary booking there",
        "ready-by-reason": "needs a practice that approves reasons: test_several_marks",
    },
    "kareo": {
        "A6": "needs a practice that approves reason and location together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
        "F6": "Kareo's list names one patient of a group; GetAppointment names all: test_group",
    },
}  # fmt: skip
"""EMR → scenario of its simulator that is not staged with the others → why, or where."""
