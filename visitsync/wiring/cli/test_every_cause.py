"""`visitsync why` walks the catalogue: every cause that a pretend EMR can stage is named, with fix and owner."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from visitsync.domain.reasons import REASONS
from visitsync.simulator_kit.scenarios import Scenario
from visitsync.wiring.conftest import Connected, Visitsync
from visitsync.wiring.simulators import simulator_of

EMRS = ("drchrono", "kareo")

Command = Sequence[str]

BEFORE: Mapping[str, Sequence[Command]] = {
    "A4": [("enable", "location", "Main Street")],
    "A5": [("approve", "mark", "Video Consult")],
    "A6": [("approve", "mark", "Virtual Care", "--kind", "location")],
    "E7": [("enable", "location", "Main Street", "--zone", "America/New_York")],
}
"""What the admin decided beforehand; such a cause gets a clinic of its own, because settings concern everybody."""

SETTINGS = {"A10": "excluded_resources=Overflow Column", "E10": "duration_step_minutes=15"}
"""Settings of the connection without which the cause cannot arise."""

NOTHING_TO_SAY: Mapping[str, str] = {
    "A9": "waits for visits and patients: we make the room ourselves",
    "D7": "the visit follows to the other practitioner by itself",
    "E1": "it is a visit within the minute",
    "E2": "before the EMR shows it nothing can be known; then it is a visit at once",
    "E4": "matters only where something is still missing",
    "E5": "not in the EMR yet when it is staged",
    "E8": "opening hours cannot be set by command yet; closed days are tried in test_commands.py",
    "F4": "all eight arrive, each by itself",
    "F5": "it is answered as what it is now: not booked as telemedicine",
    "F8": "cancelled before we saw it: it is answered as cancelled",
    "F9": "never seen: answered as not received",
    "F10": "waits for visits and patients",
    "A2-reason": "the reason is no approved kind of mark here",
    "A6-reason": "the reason is no approved kind of mark here",
    "B13-dummy": "nothing tells it from a cancelled appointment",
    "ready-by-reason": "nothing is wrong with it",
}

NOT_SHOWN_BY: Mapping[str, Mapping[str, str]] = {
    "drchrono": {"F3": "“Not Confirmed” is an ordinary booking there"},
    "kareo": {
        "B10-work": "its answers hold no second address of a patient",
        "C2": "self-pay and insurance stand in the case of the appointment",
        "F6": "its list names one patient of a group",
        "F7": "nothing links the old entry with the new one",
    },
}


def _staged_together(emr: str) -> Iterator[tuple[str, Scenario]]:
    alone = {*BEFORE, *SETTINGS, *AFTER, *NOTHING_TO_SAY, *NOT_SHOWN_BY[emr]}
    return ((name, one) for name, one in simulator_of(emr).SCENARIOS.items() if name not in alone)


def _why(visitsync: Visitsync, at: Connected, appointment_id: int) -> Mapping[str, Any]:
    answers = visitsync("why", "lakeside", at.emr.app.vendor_id(appointment_id), "--json").json["answers"]
    assert answers, at.emr.app.vendor_id(appointment_id)
    found: Mapping[str, Any] = answers[0]
    return found


def _what_is_missing(name: str, scenario: Scenario, answer: Mapping[str, Any]) -> str:
    """ "" where the cause is named, with what to do about it in words and who can do it."""
    named = [one for one in answer["explanations"] if REASONS[one["code"]].cause == scenario.code]
    if not named:
        return f"{name} ({scenario.summary}): {[one['code'] for one in answer['explanations']]}"
    return "" if named[0]["fix"] and named[0]["owner"] and "{" not in named[0]["fix"] else f"{name}: no fix"


@pytest.mark.parametrize("emr", EMRS)
def test_every_cause_is_named_with_its_fix(
    emr: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected(emr)
    staged = {name: (one, one.provoke(at.emr.clinic)) for name, one in _staged_together(emr)}
    assert visitsync("sync", "--full").code == 0
    missing = [_what_is_missing(name, one, _why(visitsync, at, id_)) for name, (one, id_) in staged.items()]
    assert list(filter(None, missing)) == []
    assert len(staged) > 25


def _of_their_own(emr: str) -> Sequence[str]:
    known = simulator_of(emr).SCENARIOS
    return [name for name in (*BEFORE, *SETTINGS) if name in known and name not in NOT_SHOWN_BY[emr]]


@pytest.mark.parametrize(("emr", "name"), [(emr, name) for emr in EMRS for name in _of_their_own(emr)])
def test_causes_that_depend_on_settings_are_named_too(
    emr: str, name: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected(emr)
    for command in BEFORE.get(name, ()):
        assert visitsync(*command).code == 0
    if name in SETTINGS:
        _change_settings(visitsync, at, SETTINGS[name])
    scenario = simulator_of(emr).SCENARIOS[name]
    appointment_id = scenario.provoke(at.emr.clinic)
    visitsync("sync", "--full")
    if name == "E7":
        visitsync("enable", "practitioner", _provider(visitsync, "Junia Moreau"))
    assert _what_is_missing(name, scenario, _why(visitsync, at, appointment_id)) == ""


def _change_settings(visitsync: Visitsync, at: Connected, setting: str) -> None:
    arguments = at.emr.connect_arguments("lakeside")
    if at.emr.emr == "drchrono":  # its refresh token works once: another sign-in would be needed
        at.emr.app.consent.grant.refresh_token = "example-first-refresh-token"  # type: ignore[attr-defined]
    assert visitsync(*arguments, "--setting", setting).code == 0


def _provider(visitsync: Visitsync, name: str) -> str:
    listed = visitsync("catalog", "--json").json["practitioners"]
    return next(str(one["name"]) for one in listed if one["name"].startswith(name))


def _add_staff(visitsync: Visitsync, at: Connected, appointment_id: int) -> None:
    patient = at.emr.clinic.patients[at.emr.clinic.appointments[appointment_id].patient_id or 0]
    visitsync("staff", "add", "Somebody", "--email", patient.email)


def _book_everybody(visitsync: Visitsync, at: Connected, appointment_id: int) -> None:
    for patient in list(at.emr.clinic.patients):
        at.emr.book(patient=patient)
    visitsync("sync", "--full")


def _enable_whoever_it_is(visitsync: Visitsync, at: Connected, appointment_id: int) -> None:
    practitioner = at.emr.clinic.practitioners[at.emr.clinic.appointments[appointment_id].practitioner_id]
    visitsync("enable", "practitioner", _provider(visitsync, practitioner.name))


def _nothing_more(visitsync: Visitsync, at: Connected, appointment_id: int) -> None:
    """Only what a turn between two readings of the lists sees."""


AFTER: Mapping[str, Callable[[Visitsync, Connected, int], None]] = {
    "B3": _add_staff,
    "B4": _book_everybody,
    "B5": _book_everybody,
    "C5": _enable_whoever_it_is,
    "D5": _nothing_more,
}
"""What else must happen before the cause can be seen."""


@pytest.mark.parametrize("name", sorted(AFTER))
@pytest.mark.parametrize("emr", EMRS)
def test_causes_that_need_something_else_to_happen_are_named_too(
    emr: str, name: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected(emr)
    scenario = simulator_of(emr).SCENARIOS[name]
    visitsync("sync")
    appointment_id = scenario.provoke(at.emr.clinic)
    visitsync("sync", *([] if name == "D5" else ["--full"]))
    AFTER[name](visitsync, at, appointment_id)
    assert _what_is_missing(name, scenario, _why(visitsync, at, appointment_id)) == ""


@pytest.mark.parametrize("emr", EMRS)
def test_what_was_deleted_is_answered_after_two_complete_reads_agree(
    emr: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected(emr)
    booked = at.emr.book()
    for _ in range(9):
        at.emr.book()
    visitsync("sync", "--full")
    at.emr.clinic.delete(next(iter(at.emr.clinic.appointments)).id)
    visitsync("sync", "--full")
    visitsync("sync", "--full")
    [answer] = visitsync("why", "lakeside", booked, "--json").json["answers"]
    assert answer["outcome"] == "cancelled"
    assert answer["visit"]["state"] == "cancelled"
    assert answer["explanations"][0]["code"] in {"deleted-in-emr", "missing-from-emr"}
