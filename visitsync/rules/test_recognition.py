"""1. Which appointments are telemedicine, which were probably meant to be, and where they must be booked."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from visitsync.domain.appointment import Mark, MarkKind
from visitsync.domain.decision import Outcome
from visitsync.domain.practice import Agreement, CatalogEntry, Recognition
from visitsync.rules.decide import decide
from visitsync.rules.rehearsal import (
    NOW,
    OFFICE,
    TELEMEDICINE,
    Rehearsal,
    a_booking,
    a_condition,
    approved,
)
from visitsync.rules.sync_time import LISTS_WITHIN

TYPE, LOCATION, ROOM, REASON = MarkKind.TYPE, MarkKind.LOCATION, MarkKind.ROOM, MarkKind.REASON


def test_r2_an_approved_type_is_ready() -> None:
    decision = Rehearsal().decide()
    assert decision.outcome is Outcome.READY
    assert decision.findings == ()
    assert (decision.practitioner_id, decision.staff_id) == ("d1", "s1")


def test_r2_another_type_is_not_telemedicine_and_says_what_would_be() -> None:
    decision = Rehearsal().decide(type_text=OFFICE, type_id="t2")
    assert decision.outcome is Outcome.NOT_TELEMEDICINE
    (finding,) = decision.findings
    assert finding.code == "type-not-approved"
    assert finding.evidence == {"kind": "type", "found": f"“{OFFICE}”", "approved": TELEMEDICINE}
    assert decision.recheck_at is None


@pytest.mark.parametrize(
    "text",
    [
        "Telemedicne Visit",
        "telemedicine visit",
        "Telemedicine Visit ",
        "Теlemedicine Visit",
        "\u202eTelemedicine Visit",
    ],
)
def test_r2_a_near_miss_never_counts_and_must_be_seen_by_somebody(text: str) -> None:
    decision = Rehearsal().decide(type_text=text)
    assert decision.outcome is Outcome.NEEDS_FIX
    assert decision.findings[0].code == "type-misspelt"
    assert decision.findings[0].evidence["approved"] == TELEMEDICINE


def test_r2_an_accepted_spelling_counts() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = approved(TYPE, TELEMEDICINE, accepted=("Telemedicne Visit",))
    assert clinic.decide(type_text="Telemedicne Visit").outcome is Outcome.READY
    assert clinic.decide(type_text="Telemedicne Vizit").outcome is Outcome.NEEDS_FIX


def test_r16_a_near_miss_shows_what_is_wrong_with_the_patient_too() -> None:
    clinic = Rehearsal()
    clinic.patient(email="")
    assert clinic.codes(type_text="Telemedicne Visit") == ["type-misspelt", "email-missing"]


def test_r16_the_patient_of_a_near_miss_is_wanted() -> None:
    clinic = Rehearsal()
    clinic.patients.clear()
    assert clinic.codes(type_text="Telemedicne Visit") == ["type-misspelt", "patient-not-read-yet"]


def test_nobody_asks_for_the_patient_of_an_appointment_that_is_not_telemedicine() -> None:
    clinic = Rehearsal()
    clinic.patients.clear()
    assert clinic.codes(type_text=OFFICE) == ["type-not-approved"]


def test_r3_an_approved_id_counts_whatever_its_name() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = approved(TYPE, ids=("t1",))
    assert clinic.decide(type_text=None, type_id="t1").outcome is Outcome.READY
    assert clinic.decide(type_text="Anything", type_id="t1").outcome is Outcome.READY


def test_r3_a_type_whose_number_is_in_no_list_waits_for_the_list() -> None:
    decision = Rehearsal().decide(type_text=None, type_id="t9")
    assert decision.outcome is Outcome.WAITING
    assert [finding.code for finding in decision.findings] == ["type-unknown"]


def test_r3_a_type_that_came_after_the_list_was_first_read_is_called_new() -> None:
    clinic = Rehearsal()
    seen = datetime(2026, 11, 1, tzinfo=UTC)
    clinic.settings["appointment_types"] = {
        "t1": CatalogEntry(id="t1", name=TELEMEDICINE, first_seen_at=seen),
        "t2": CatalogEntry(id="t2", name=OFFICE, first_seen_at=seen),
        "t3": CatalogEntry(id="t3", name="Wellness Check", first_seen_at=seen + timedelta(days=20)),
    }
    assert clinic.codes(type_text=None, type_id="t2") == ["type-not-approved"]
    decision = clinic.decide(type_text=None, type_id="t3")
    assert decision.outcome is Outcome.NOT_TELEMEDICINE
    assert decision.findings[0].code == "type-new"


def test_r3_a_listed_type_that_sounds_like_video_and_is_not_connected_needs_an_admin() -> None:
    clinic = Rehearsal()
    clinic.settings["appointment_types"]["t3"] = CatalogEntry(id="t3", name="Zoom follow-up")
    decision = clinic.decide(type_text=None, type_id="t3")
    assert decision.outcome is Outcome.NEEDS_FIX
    assert decision.findings[0].code == "type-not-connected"


def test_a_type_that_the_practice_excluded_is_not_asked_about_again() -> None:
    clinic = Rehearsal()
    clinic.settings["appointment_types"]["t3"] = CatalogEntry(id="t3", name="Zoom staff meeting")
    clinic.connection["excluded_resources"] = frozenset({"Zoom staff meeting"})
    assert clinic.decide(type_text=None, type_id="t3").outcome is Outcome.NOT_TELEMEDICINE


def test_nothing_approved_yet_is_said_and_video_is_still_noticed() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = Recognition()
    assert clinic.codes(type_text=OFFICE) == ["no-types-approved"]
    decision = clinic.decide()
    assert decision.outcome is Outcome.NEEDS_FIX
    assert [finding.code for finding in decision.findings] == ["video-in-note", "no-types-approved"]


def test_a_renamed_type_that_is_approved_by_id_keeps_its_visits_and_is_shown() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = approved(TYPE, ids=("t1",))
    clinic.settings["appointment_types"]["t1"] = CatalogEntry(id="t1", name="Virtual care", previous_name=TELEMEDICINE)
    decision = clinic.decide(type_text=None, type_id="t1")
    assert decision.outcome is Outcome.READY
    assert decision.findings[0].code == "type-renamed"


def test_a_renamed_type_that_is_approved_by_name_waits_for_a_person() -> None:
    clinic = Rehearsal()
    clinic.settings["appointment_types"]["t1"] = CatalogEntry(id="t1", name="Nail trim", previous_name=TELEMEDICINE)
    for text in (None, TELEMEDICINE, "Nail trim"):  # the stored row may still hold the old name
        decision = clinic.decide(type_text=text, type_id="t1")
        assert decision.outcome is Outcome.NEEDS_FIX
        assert decision.findings[0].code == "type-name-changed"


def test_the_name_of_an_approved_id_under_another_id_waits_for_a_person() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = approved(TYPE, ids=("t1",))
    clinic.settings["appointment_types"]["t8"] = CatalogEntry(id="t8", name=TELEMEDICINE)
    decision = clinic.decide(type_text=None, type_id="t8")
    assert decision.outcome is Outcome.NEEDS_FIX
    assert decision.findings[0].code == "type-has-new-id"


def _needs_type_and_location() -> Rehearsal:
    clinic = Rehearsal()
    clinic.settings["locations"]["l2"] = CatalogEntry(id="l2", name="Virtual Care")
    clinic.connection["recognition"] = Recognition(
        (a_condition(TYPE, TELEMEDICINE), a_condition(LOCATION, "Virtual Care")), Agreement.ALL
    )
    return clinic


def test_all_conditions_must_agree_and_each_failing_one_is_shown() -> None:
    clinic = _needs_type_and_location()
    assert clinic.decide(location_id="l2").outcome is Outcome.READY
    decision = clinic.decide(location_id="l1")
    assert decision.outcome is Outcome.NEEDS_FIX
    (finding,) = decision.findings
    assert finding.code == "condition-not-met"
    assert finding.evidence == {"kind": "location", "found": "“Main Street”", "approved": "Virtual Care"}
    assert clinic.codes(type_text="Telemedicne Visit", location_id="l1") == ["type-misspelt", "condition-not-met"]


def test_a_location_alone_does_not_make_an_office_visit_a_near_miss() -> None:
    decision = _needs_type_and_location().decide(type_text=OFFICE, location_id="l2")
    assert decision.outcome is Outcome.NOT_TELEMEDICINE
    assert [finding.code for finding in decision.findings] == ["type-not-approved"]


def test_any_of_several_conditions_is_enough() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = Recognition(
        (a_condition(TYPE, TELEMEDICINE), a_condition(ROOM, ids=("l1/2",))), Agreement.ANY
    )
    in_the_room = (Mark(TYPE, "t2", OFFICE), Mark(ROOM, "l1/2"))
    assert clinic.decide(marks=in_the_room).outcome is Outcome.READY
    assert clinic.decide().outcome is Outcome.READY
    assert clinic.codes(marks=()) == ["nothing-marks-it"]
    assert clinic.decide(marks=()).outcome is Outcome.NOT_TELEMEDICINE


def test_the_approved_reason_may_stand_in_any_of_ten_slots() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = approved(REASON, TELEMEDICINE)
    slots = tuple(Mark(REASON, str(n), f"Reason {n}") for n in range(9))
    assert clinic.decide(marks=(*slots, Mark(REASON, "9", TELEMEDICINE))).outcome is Outcome.READY
    assert clinic.decide(marks=slots).outcome is Outcome.NOT_TELEMEDICINE


def test_a_note_that_speaks_of_zoom_is_a_question_and_keeps_the_patient_unread() -> None:
    clinic = Rehearsal()
    clinic.patients.clear()
    decision = clinic.decide(type_text=OFFICE, video_words=("zoom",))
    assert decision.outcome is Outcome.NEEDS_FIX
    (finding,) = decision.findings
    assert finding.code == "video-in-note"
    assert finding.evidence["words"] == "“zoom”"


def test_free_text_of_an_unapproved_reason_is_not_repeated() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = approved(REASON, TELEMEDICINE)
    secret = "Perpetua Lund wants a video call about her results"
    decision = clinic.decide(marks=(Mark(REASON, None, secret),))
    assert decision.findings[0].code == "video-in-note"
    assert "Perpetua" not in str(decision)
    assert "Perpetua" not in str(clinic.decide(marks=(Mark(REASON, None, "Perpetua Lund, back pain"),)))


def test_r3_a_location_counts_as_long_as_none_was_chosen() -> None:
    clinic = Rehearsal()
    clinic.settings["locations"] = {"l1": CatalogEntry(id="l1", name="Main"), "l2": CatalogEntry(id="l2", name="North")}
    assert clinic.decide(location_id="l2").outcome is Outcome.READY
    clinic.settings["locations"] = {
        **clinic.settings["locations"],
        "l1": CatalogEntry(id="l1", name="Main", is_connected=True),
    }
    assert clinic.decide(location_id="l1").outcome is Outcome.READY
    decision = clinic.decide(location_id="l2")
    assert decision.outcome is Outcome.NEEDS_FIX
    assert decision.findings[0].evidence == {"found": "“North”"}
    assert clinic.codes(location_id=None, location_name="South") == ["location-not-connected"]
    assert clinic.codes(location_id=None, location_name="Main") == []


def test_a_connected_room_does_not_make_locations_a_choice() -> None:
    clinic = Rehearsal()
    clinic.settings["locations"]["l1/2"] = CatalogEntry(id="l1/2", name="Room 2", owner_id="l1", is_connected=True)
    assert clinic.decide(location_id="l1").outcome is Outcome.READY


@pytest.mark.parametrize("excluded", ["d1", "Imara Osei", "Overflow", "l1", "Main Street"])
def test_an_excluded_column_room_or_person_is_named(excluded: str) -> None:
    clinic = Rehearsal()
    clinic.connection["excluded_resources"] = frozenset({excluded})
    marks = (Mark(TYPE, None, TELEMEDICINE), Mark(MarkKind.RESOURCE, None, "Overflow"))
    decision = clinic.decide(marks=marks)
    assert decision.outcome is Outcome.NEEDS_FIX
    assert [finding.code for finding in decision.findings] == ["resource-excluded"]


def test_what_only_the_details_can_show_is_waited_for() -> None:
    clinic = Rehearsal()
    clinic.connection["recognition"] = approved(MarkKind.MODE, ids=("telehealth",))
    assert clinic.codes(type_text=OFFICE, lacks_detail=True)[-1] == "details-not-read-yet"
    assert clinic.decide(type_text=OFFICE, lacks_detail=True).outcome is Outcome.WAITING
    assert clinic.decide(type_text=OFFICE).outcome is Outcome.NOT_TELEMEDICINE


def test_the_details_of_what_is_not_telemedicine_are_not_asked_for() -> None:
    assert Rehearsal().decide(type_text=OFFICE, lacks_detail=True).outcome is Outcome.NOT_TELEMEDICINE


def test_a_giant_mark_is_judged_in_bounded_time_and_not_remembered() -> None:
    clinic = Rehearsal()
    booking = a_booking(type_text="а" * 100_000)
    practice = clinic.context()
    began = perf_counter()
    assert decide(booking, practice, NOW).outcome is Outcome.NOT_TELEMEDICINE
    assert perf_counter() - began < 0.5


def test_a_type_that_is_not_in_the_list_is_expected_once_the_list_was_read_again() -> None:
    clinic = Rehearsal()
    decision = clinic.decide(type_text=None, type_id="t9", first_seen_at=NOW)
    assert [finding.code for finding in decision.findings] == ["type-unknown"]
    assert decision.expected_by == NOW + LISTS_WITHIN + timedelta(minutes=15)
