"""7 and F. With whom it is booked, whether it still takes place, and what trouble of the connection does to it."""

from typing import Any

import pytest

from visitsync.domain.appointment import AppointmentStatus, Mark, MarkKind
from visitsync.domain.decision import Outcome
from visitsync.domain.practice import CatalogEntry
from visitsync.rules.rehearsal import OFFICE, TELEMEDICINE, Rehearsal, a_practitioner, at


def _with(**practitioners: CatalogEntry) -> Rehearsal:
    clinic = Rehearsal()
    clinic.settings["practitioners"] = {entry.id: entry for entry in practitioners.values()}
    return clinic


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"is_connected": False}, "provider-not-enabled"),
        ({"is_clinician": False}, "not-a-provider"),
        ({"is_active": False}, "provider-inactive"),
    ],
)
def test_r15_the_visit_is_there_and_linked_to_nobody(facts: dict[str, Any], code: str) -> None:
    decision = _with(one=a_practitioner("d1", "Imara Osei", staff_id="s1", **facts)).decide()
    assert decision.outcome is Outcome.NEEDS_PROVIDER
    assert decision.wants_visit
    assert [finding.code for finding in decision.findings] == [code]
    assert (decision.practitioner_id, decision.staff_id) == (None, None)


def test_r15_an_unknown_provider_links_by_itself_once_the_list_is_read_and_they_are_enabled() -> None:
    clinic = _with()
    assert clinic.codes() == ["provider-unknown"]
    assert clinic.decide().outcome is Outcome.NEEDS_PROVIDER
    clinic.settings["practitioners"] = {"d1": a_practitioner("d1", "Imara Osei", staff_id="s1")}
    assert clinic.decide().staff_id == "s1"


def test_r15_a_missing_provider_does_not_hide_that_something_must_be_fixed() -> None:
    clinic = _with()
    clinic.patient(email="")
    decision = clinic.decide()
    assert decision.outcome is Outcome.NEEDS_FIX
    assert [finding.code for finding in decision.findings] == ["email-missing", "provider-unknown"]


def test_r14_an_enabled_provider_without_a_login_is_a_warning() -> None:
    decision = _with(one=a_practitioner("d1", "Imara Osei")).decide()
    assert decision.outcome is Outcome.READY
    assert (decision.practitioner_id, decision.staff_id) == ("d1", None)
    assert [finding.code for finding in decision.findings] == ["provider-without-login"]


def test_r14_a_second_profile_of_an_enabled_provider_is_named_as_such() -> None:
    clinic = _with(
        one=a_practitioner("d1", "Imara Osei", npi="1000000004", is_connected=False),
        other=a_practitioner("d2", "Imara Osei", npi="1000000004", staff_id="s1"),
    )
    assert clinic.codes() == ["provider-other-profile"]


def test_a_login_that_serves_two_people_is_shown_to_neither() -> None:
    clinic = _with(
        one=a_practitioner("d1", "Imara Osei", npi="1000000004", staff_id="s1"),
        other=a_practitioner("d2", "Leopold Tran", npi="1000000012", staff_id="s1"),
    )
    for practitioner_id in ("d1", "d2"):
        decision = clinic.decide(practitioner_id=practitioner_id)
        assert decision.outcome is Outcome.ON_HOLD
        assert decision.findings[0].code == "provider-linked-wrong"
        assert decision.staff_id is None


def test_two_profiles_of_one_person_may_share_a_login() -> None:
    clinic = _with(
        one=a_practitioner("d1", "Imara Osei", npi="1000000004", staff_id="s1"),
        other=a_practitioner("d2", "Imara Osei", npi="1000000004", staff_id="s1"),
    )
    assert clinic.decide(practitioner_id="d2").outcome is Outcome.READY


@pytest.mark.parametrize("npi", [None, ""])
def test_a_provider_without_an_npi_is_a_warning(npi: str | None) -> None:
    assert _with(one=a_practitioner("d1", "Imara Osei", staff_id="s1", npi=npi)).codes() == ["provider-npi-missing"]


def test_a_name_leads_to_a_provider_only_if_it_is_exact_and_one_person_has_it() -> None:
    clinic = _with(one=a_practitioner("d1", "Imara Osei", staff_id="s1", synonyms=("Imara Osei, MD",)))
    assert clinic.decide(practitioner_id=None, practitioner_name="Imara Osei, MD").staff_id == "s1"
    assert clinic.codes(practitioner_id=None, practitioner_name="imara osei") == ["provider-unknown"]
    clinic.settings["practitioners"]["d2"] = a_practitioner("d2", "Imara Osei", staff_id="s2")
    decision = clinic.decide(practitioner_id=None, practitioner_name="Imara Osei")
    assert [finding.code for finding in decision.findings] == ["provider-ambiguous"]
    assert decision.staff_id is None


def test_nobody_or_a_room_instead_of_a_provider() -> None:
    clinic = Rehearsal()
    assert clinic.codes(practitioner_id=None) == ["no-provider"]
    marks = (Mark(MarkKind.TYPE, None, TELEMEDICINE), Mark(MarkKind.RESOURCE, "7", "Front Desk 2"))
    decision = clinic.decide(practitioner_id=None, marks=marks)
    assert decision.outcome is Outcome.NEEDS_PROVIDER
    assert decision.findings[0].evidence == {"provider": "“Front Desk 2”"}
    assert clinic.codes(practitioner_id=None, marks=marks, lacks_detail=True) == ["details-not-read-yet"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"status": AppointmentStatus.CANCELLED, "status_text": "Cancelled"}, "cancelled"),
        ({"status": AppointmentStatus.NO_SHOW}, "no-show"),
        ({"status": AppointmentStatus.ENTERED_IN_ERROR}, "entered-in-error"),
        ({"is_deleted": True}, "deleted-in-emr"),
        ({"status": AppointmentStatus.CANCELLED, "replaced_by_id": "a2"}, "rescheduled"),
    ],
)
def test_what_no_longer_takes_place_is_cancelled_and_needs_no_other_word(facts: dict[str, Any], code: str) -> None:
    clinic = Rehearsal()
    clinic.patient(email="")
    decision = clinic.decide(**facts)
    assert decision.outcome is Outcome.CANCELLED
    assert [finding.code for finding in decision.findings] == [code]
    assert decision.recheck_at is None


def test_a_cancelled_office_visit_is_still_not_telemedicine() -> None:
    decision = Rehearsal().decide(type_text=OFFICE, status=AppointmentStatus.CANCELLED)
    assert decision.outcome is Outcome.NOT_TELEMEDICINE
    assert [finding.code for finding in decision.findings] == ["type-not-approved", "cancelled"]


def test_cancelled_stays_cancelled_when_its_time_has_passed() -> None:
    decision = Rehearsal().decide(start=at(2026, 11, 2), status=AppointmentStatus.CANCELLED)
    assert decision.outcome is Outcome.CANCELLED


def test_completed_is_over() -> None:
    decision = Rehearsal().decide(status=AppointmentStatus.FULFILLED)
    assert decision.outcome is Outcome.OVER
    assert [finding.code for finding in decision.findings] == ["completed"]


@pytest.mark.parametrize("status", [AppointmentStatus.PROPOSED, AppointmentStatus.PENDING, AppointmentStatus.WAITLIST])
def test_a_request_needs_to_be_confirmed(status: AppointmentStatus) -> None:
    decision = Rehearsal().decide(status=status)
    assert decision.outcome is Outcome.NEEDS_FIX
    assert [finding.code for finding in decision.findings] == ["not-confirmed"]


@pytest.mark.parametrize("text", ["Phoned-OK", "Needs forms", "Ready!", "Confirmed by text"])
def test_a_status_of_the_practices_own_counts_as_booked_with_a_warning(text: str) -> None:
    decision = Rehearsal().decide(status=None, status_text=text)
    assert decision.outcome is Outcome.READY
    assert decision.findings[0].code == "status-unknown"
    assert decision.findings[0].evidence == {"status": text}


@pytest.mark.parametrize(
    "text",
    ["CXL - pt called", "Canceled late", "no-show x2", "Resched'd", "LWBS", "Void", "Did not attend", "moved to 5/4"],
)
def test_a_status_that_smells_of_cancellation_is_held(text: str) -> None:
    decision = Rehearsal().decide(status=None, status_text=text)
    assert decision.outcome is Outcome.ON_HOLD
    assert decision.findings[0].code == "status-unclear"


def test_r17_once_an_admin_says_what_a_status_means_it_means_that() -> None:
    clinic = Rehearsal()
    clinic.connection["status_meanings"] = {"cxl - pt called": AppointmentStatus.CANCELLED}
    assert clinic.decide(status=None, status_text=" CXL - Pt called").outcome is Outcome.CANCELLED


def test_a_group_visit_says_how_many_of_the_others_can_be_reached() -> None:
    clinic = Rehearsal()
    clinic.patient("p2")
    clinic.patient("p3", email="")
    decision = clinic.decide(other_patient_ids=("p2", "p3", "p4"))
    assert decision.outcome is Outcome.READY
    assert decision.findings[0].code == "group-visit"
    assert decision.findings[0].evidence == {"people": "4", "reachable": "1", "unread": "1"}


def test_what_came_from_another_appointment_or_is_no_longer_listed_is_said() -> None:
    clinic = Rehearsal()
    assert clinic.codes(replaces_id="a0") == ["made-from-another"]
    decision = clinic.decide(missing_since=clinic.now)
    assert decision.outcome is Outcome.READY
    assert [finding.code for finding in decision.findings] == ["no-longer-listed"]


def test_trouble_of_the_connection_leads_where_no_visit_exists_and_takes_none_away() -> None:
    clinic = Rehearsal()
    clinic.connection["trouble"] = "connection-needs-reconnect"
    ready = clinic.decide(status=None, status_text="Phoned-OK")
    assert ready.outcome is Outcome.READY
    assert [finding.code for finding in ready.findings] == ["status-unknown", "connection-needs-reconnect"]
    clinic.patient(email="")
    blocked = clinic.decide()
    assert blocked.outcome is Outcome.NEEDS_FIX
    assert [finding.code for finding in blocked.findings] == ["connection-needs-reconnect", "email-missing"]


def test_trouble_that_is_in_no_catalogue_is_still_said() -> None:
    clinic = Rehearsal()
    clinic.connection |= {"trouble": "something-new", "is_paused": True}
    assert clinic.codes() == ["connection-paused", "emr-trouble"]


def test_what_is_not_telemedicine_hears_nothing_of_the_connection() -> None:
    clinic = Rehearsal()
    clinic.connection["trouble"] = "emr-outage"
    assert clinic.codes(type_text=OFFICE) == ["type-not-approved"]
