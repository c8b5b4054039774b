"""The pretend DrChrono's schedule: filters, stamps, deletions, series, and what others may write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from visitsync.connectors.drchrono.simulator.visitor import Visitor, visiting
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.records import Appointment
from visitsync.simulator_kit.staging import a_booking, a_patient, the_location, the_practitioner, the_type

WINDOW = {"date_range": "2026-10-20/2027-03-31"}
RECORDED_KEYS = [
    *("allow_overlapping", "appt_is_break", "base_recurring_appointment", "billing_status", "billing_provider"),
    *("billing_notes", "cloned_from", "color", "created_at", "deleted_flag", "doctor", "duration", "exam_room"),
    *("first_billed_date", "icd9_codes", "icd10_codes", "id", "ins1_status", "ins2_status", "is_walk_in"),
    *("is_virtual_base", "last_billed_date", "notes", "office", "patient", "primary_insurer_payer_id"),
    *("primary_insurer_name", "primary_insurance_id_number", "profile", "reason", "recurring_appointment"),
    *("secondary_insurer_payer_id", "secondary_insurer_name", "secondary_insurance_id_number", "scheduled_time"),
    *("status", "supervising_provider", "updated_at"),
]


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with visiting() as visitor:
        yield visitor


def ids(visitor: Visitor, **query: object) -> set[str]:
    return {row["id"] for row in visitor.rows("appointments", **query)}


def a_series(visitor: Visitor) -> list[Appointment]:
    clinic = visitor.clinic
    return clinic.book_series(
        count=3,
        patient_id=a_patient(clinic).id,
        practitioner_id=the_practitioner(clinic).id,
        location_id=the_location(clinic).id,
        type_id=the_type(clinic, "Telemedicine Visit").id,
        start=datetime.fromisoformat("2026-11-10T10:00:00"),
    )


def test_a_row_has_the_recorded_keys_in_their_order(visitor: Visitor) -> None:
    made = a_booking(visitor.clinic)
    (row,) = visitor.rows("appointments", **WINDOW)
    assert list(row) == RECORDED_KEYS
    assert row["id"] == str(made.id)
    assert isinstance(row["patient"], int)
    assert row["status"] == ""
    assert row["primary_insurer_payer_id"] == "HMH01"


def test_newer_servers_send_more_keys_and_verbose_more_still(visitor: Visitor) -> None:
    made = visitor.clinic.set_status(a_booking(visitor.clinic).id, "Phoned-OK")
    with visiting(visitor.clinic, appointment_fields="current") as other:
        (row,) = other.rows("appointments", **WINDOW)
        assert (row["status"], row["custom_status"]) == ("Phoned-OK", "Phoned-OK")
        assert "recurrence_instance_key" in row
    (row,) = visitor.rows("appointments", verbose="true", **WINDOW)
    assert row["status_transitions"][0]["appointment"] == made.id
    assert {"clinical_note", "vitals", "reminders", "extended_updated_at"} <= set(row)


def test_fields_can_be_selected(visitor: Visitor) -> None:
    a_booking(visitor.clinic)
    assert [list(row) for row in visitor.rows("appointments", fields="id,status", **WINDOW)] == [["id", "status"]]


@pytest.mark.parametrize("query", [{}, {"doctor": 301}, {"status": "Confirmed"}, {"show_archived": "true"}])
def test_a_list_without_a_date_filter_is_refused(visitor: Visitor, query: dict[str, object]) -> None:
    answer = visitor.ask("appointments", query=query)
    assert answer.status == 400
    assert isinstance(answer.json, list)


@pytest.mark.parametrize(
    ("variant", "good", "bad"),
    [
        ("190", "2026-11-01/2027-05-09", "2026-11-01/2027-05-10"),
        ("90", "2026-11-01/2027-01-29", "2026-11-01/2027-01-30"),
    ],
)
def test_a_window_that_is_too_wide_is_refused(variant: str, good: str, bad: str) -> None:
    with visiting(window_days=variant) as visitor:
        assert visitor.ask("appointments", query={"date_range": good}).status == 200
        assert visitor.ask("appointments", query={"date_range": bad}).status == 400


@pytest.mark.parametrize(
    "query",
    [{"date": "tomorrow"}, {"date_range": "2026-11-01"}, {"since": "lately"}, {"date": "2026-11-03", "doctor": "x"}],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(visitor: Visitor, query: dict[str, str]) -> None:
    answer = visitor.ask("appointments", query=query)
    assert answer.status == 400
    assert set(answer.json) <= set(query)


def test_every_filter_leaves_what_it_names(visitor: Visitor) -> None:
    clinic = visitor.clinic
    one = a_booking(clinic, start=datetime.fromisoformat("2026-11-05T09:00:00"))
    elsewhere = clinic.add_location("North Annex")
    doctor = clinic.add_practitioner("Leopold", "Tran")
    two = a_booking(clinic, start=datetime.fromisoformat("2026-11-06T23:30:00"), practitioner_id=doctor.id)
    clinic.move(two.id, location_id=elsewhere.id)
    clinic.set_status(two.id, "confirmed")
    expected = {
        ("date", "2026-11-05"): {one.id},
        ("date_range", "2026-11-06/2026-11-06"): {two.id},
        ("date_range", "2026-11-05/2026-11-06"): {one.id, two.id},
        ("occurred_since", "2026-11-05T09:00:01"): {two.id},
        ("doctor", doctor.id): {two.id},
        ("office", elsewhere.id): {two.id},
        ("patient", one.patient_id): {one.id},
        ("status", "Confirmed"): {two.id},
    }
    for (name, value), wanted in expected.items():
        window = {} if name in ("date", "date_range", "occurred_since") else WINDOW
        assert ids(visitor, **window, **{name: value}) == {str(number) for number in wanted}, name


def test_the_status_filter_may_mind_case(visitor: Visitor) -> None:
    made = visitor.clinic.cancel(a_booking(visitor.clinic).id)
    assert ids(visitor, status="cancelled", **WINDOW) == set()
    with visiting(visitor.clinic, status_filter="any case") as other:
        assert ids(other, status="cancelled", **WINDOW) == {str(made.id)}


def test_since_is_inclusive_and_in_the_doctors_wall_time(visitor: Visitor) -> None:
    doctor = visitor.clinic.add_practitioner("Leopold", "Tran", zone="America/Los_Angeles")
    made = a_booking(visitor.clinic, practitioner_id=doctor.id)
    assert visitor.rows("appointments", **WINDOW)[0]["updated_at"] == "2026-11-02T09:00:00"
    assert ids(visitor, since="2026-11-02T09:00:00") == {str(made.id)}
    assert ids(visitor, since="2026-11-02T09:00:01") == set()
    assert ids(visitor, since="2026-11-02") == {str(made.id)}
    with visiting(visitor.clinic, since_zone="utc") as other:
        assert ids(other, since="2026-11-02T17:00:00") == {str(made.id)}
        assert ids(other, since="2026-11-02T17:00:01") == set()
    with visiting(visitor.clinic, stamp_zone="practice") as other:
        assert other.rows("appointments", **WINDOW)[0]["updated_at"] == "2026-11-02T12:00:00"


def test_stamps_repeat_themselves_when_the_clocks_go_back() -> None:
    half_past_one = VirtualClock.frozen_at(datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
    with visiting(Clinic(clock=half_past_one)) as visitor:
        first = a_booking(visitor.clinic)
        visitor.later(hours=1)
        second = a_booking(visitor.clinic)
        stamps = {row["id"]: row["created_at"] for row in visitor.rows("appointments", **WINDOW)}
        assert stamps[str(first.id)] == stamps[str(second.id)] == "2026-11-01T01:30:00"


def test_an_e_mail_edit_does_not_touch_the_appointments_stamp(visitor: Visitor) -> None:
    made = a_booking(visitor.clinic)
    visitor.later(minutes=5)
    visitor.clinic.change_patient(made.patient_id or 0, email="new@example.org")
    assert ids(visitor, since="2026-11-02T12:01:00") == set()


def test_a_deletion_hides_the_row_unless_archived_ones_are_asked_for(visitor: Visitor) -> None:
    made = a_booking(visitor.clinic)
    visitor.clinic.archive(made.id)
    assert ids(visitor, **WINDOW) == set()
    assert visitor.ask(f"appointments/{made.id}").status == 404
    for yes in ("true", "1"):
        (row,) = visitor.rows("appointments", show_archived=yes, **WINDOW)
        assert row["deleted_flag"] is True
    with visiting(visitor.clinic, show_archived="ignored") as other:
        assert ids(other, show_archived="true", **WINDOW) == set()
    with visiting(visitor.clinic, since_shows_deletions="no") as other:
        assert ids(other, show_archived="true", since="2026-11-01") == set()
        assert ids(other, show_archived="true", **WINDOW) == {str(made.id)}


def test_a_hard_deletion_is_nowhere(visitor: Visitor) -> None:
    made = a_booking(visitor.clinic)
    visitor.clinic.delete(made.id)
    assert ids(visitor, show_archived="true", **WINDOW) == set()
    assert visitor.app.vendor_id(made.id) == str(made.id)


def test_a_break_has_no_patient(visitor: Visitor) -> None:
    clinic = visitor.clinic
    start = datetime.fromisoformat("2026-11-05T12:00:00")
    where = {"practitioner_id": the_practitioner(clinic).id, "location_id": the_location(clinic).id}
    clinic.block(start=start, minutes=60, why="Lunch", **where)
    (row,) = visitor.rows("appointments", **WINDOW)
    assert (row["appt_is_break"], row["patient"], row["profile"], row["reason"]) == (True, None, None, "Lunch")
    assert visitor.rows("schedule_blocks")[0]["end_time"] == "2026-11-05T13:00:00"


def test_an_untouched_occurrence_is_named_by_day_and_series_until_somebody_edits_it(visitor: Visitor) -> None:
    base, second, third = a_series(visitor)
    shown = visitor.rows("appointments", **WINDOW)
    assert [row["id"] for row in shown] == [str(base.id), f"2026-11-17_{base.id}", f"2026-11-24_{base.id}"]
    assert [row["is_virtual_base"] for row in shown] == [False, True, True]
    assert [row["base_recurring_appointment"] for row in shown] == [None, str(base.id), str(base.id)]
    assert ids(visitor, ignore_virtual="true", **WINDOW) == {str(base.id)}
    visitor.clinic.move(third.id, start=third.start + timedelta(hours=1))
    assert ids(visitor, **WINDOW) == {str(base.id), f"2026-11-17_{base.id}", str(third.id)}
    assert visitor.ask(f"appointments/2026-11-24_{base.id}").status == 404
    assert visitor.ask(f"appointments/{second.id}").status == 404
    assert visitor.ask(f"appointments/2026-11-17_{base.id}").json["scheduled_time"] == "2026-11-17T10:00:00"


def test_patching_an_occurrence_gives_it_an_id_of_its_own(visitor: Visitor) -> None:
    base, second, _ = a_series(visitor)
    assert visitor.ask(f"appointments/2026-11-17_{base.id}", method="PATCH", json={"notes": "x"}).status == 204
    assert visitor.ask(f"appointments/{second.id}").json["notes"] == "x"


def test_a_video_room_is_a_row_elsewhere_stamped_in_utc(visitor: Visitor) -> None:
    made = a_booking(visitor.clinic)
    plain = a_booking(visitor.clinic, has_video_room=False)
    (row,) = visitor.rows("telehealth_appointments", appointment=made.id)
    assert (row["appointment"], row["created_at"]) == (made.id, "2026-11-02T17:00:00")
    assert visitor.rows("telehealth_appointments", appointment=plain.id) == []
    made_now = visitor.ask("telehealth_appointments", method="POST", json={"appointment": plain.id})
    assert made_now.status == 201
    assert visitor.ask(f"telehealth_appointments/{made_now.json['id']}").json["appointment"] == plain.id
    with visiting(visitor.clinic, telehealth_stamp="zulu") as other:
        assert other.rows("telehealth_appointments")[0]["updated_at"] == "2026-11-02T17:00:00Z"


def a_wish(visitor: Visitor, **changes: object) -> dict[str, object]:
    clinic = visitor.clinic
    wish = {
        "doctor": the_practitioner(clinic).id,
        "office": the_location(clinic).id,
        "patient": a_patient(clinic).id,
        "exam_room": 1,
        "scheduled_time": "2026-11-09 09:00:00",
        "duration": 30,
        "reason": "Telemedicine Visit",
    }
    return wish | changes


def test_others_can_book(visitor: Visitor) -> None:
    answer = visitor.ask("appointments", method="POST", json=a_wish(visitor))
    assert answer.status == 201
    assert answer.json["scheduled_time"] == "2026-11-09T09:00:00"
    assert "status_transitions" in answer.json
    assert visitor.ask(f"appointments/{answer.json['id']}").json["reason"] == "Telemedicine Visit"


def test_a_form_and_a_list_can_be_posted_too(visitor: Visitor) -> None:
    form = {name: str(value) for name, value in a_wish(visitor).items()}
    assert visitor.ask("appointments", method="POST", form=form).status == 201
    later = [a_wish(visitor, scheduled_time=f"2026-11-09T1{hour}:00") for hour in (1, 2)]
    assert len(visitor.ask("appointments", method="POST", json=later).json) == 2
    border = b'--x\r\nContent-Disposition: form-data; name="notes"\r\n\r\nby multipart\r\n--x--\r\n'
    made = next(iter(ids(visitor, **WINDOW)))
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert visitor.ask(f"appointments/{made}", method="PATCH", body=border, headers=kind).status == 204
    assert visitor.ask(f"appointments/{made}").json["notes"] == "by multipart"


def test_what_is_missing_or_wrong_is_said_by_field(visitor: Visitor) -> None:
    answer = visitor.ask("appointments", method="POST", json={"doctor": the_practitioner(visitor.clinic).id})
    assert answer.status == 400
    assert answer.json["exam_room"] == answer.json["scheduled_time"] == ["This field is required."]
    for wrong in ({"exam_room": 9}, {"patient": 1}, {"scheduled_time": "noonish"}, {"duration": "long"}):
        answer = visitor.ask("appointments", method="POST", json=a_wish(visitor, **wrong))
        assert (answer.status, list(answer.json)) == (400, list(wrong))
    assert (
        visitor.ask("appointments", method="POST", body=b"{", headers={"Content-Type": "application/json"}).status
        == 400
    )


def test_an_overlap_is_a_conflict_unless_allowed(visitor: Visitor) -> None:
    first = visitor.ask("appointments", method="POST", json=a_wish(visitor)).json
    wish = a_wish(visitor, scheduled_time="2026-11-09T09:15")
    answer = visitor.ask("appointments", method="POST", json=wish)
    assert (answer.status, answer.json) == (409, {"detail": f"Appointment overlaps with {first['id']}"})
    assert visitor.ask("appointments", method="POST", json={**wish, "allow_overlapping": True}).status == 201


def test_a_break_may_be_refused(visitor: Visitor) -> None:
    wish = a_wish(visitor, patient=None)
    assert visitor.ask("appointments", method="POST", json=wish).json["appt_is_break"] is True
    with visiting(break_create="refused") as other:
        answer = other.ask("appointments", method="POST", json=a_wish(other, patient=None))
        assert (answer.status, answer.json) == (400, {"patient": ["This field may not be null."]})


def test_a_patch_changes_what_it_names_and_answers_nothing(visitor: Visitor) -> None:
    made = a_booking(visitor.clinic)
    visitor.later(minutes=1)
    answer = visitor.ask(f"appointments/{made.id}", method="PATCH", json={"status": "Cancelled"})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    row = visitor.ask(f"appointments/{made.id}").json
    assert (row["status"], row["updated_at"]) == ("Cancelled", "2026-11-02T12:01:00")
    assert visitor.clinic.appointments[made.id].status == "cancelled"


def test_an_empty_patch_changes_nothing_and_a_put_demands_everything(visitor: Visitor) -> None:
    made = a_booking(visitor.clinic)
    visitor.later(minutes=1)
    assert visitor.ask(f"appointments/{made.id}", method="PATCH", json={}).status == 204
    assert visitor.clinic.appointments[made.id] == made
    assert visitor.ask(f"appointments/{made.id}", method="PUT", json={"reason": "x"}).status == 400
    assert visitor.ask(f"appointments/{made.id}", method="PUT", json=a_wish(visitor)).status == 204


def test_a_deleted_one_is_gone_for_good(visitor: Visitor) -> None:
    made = a_booking(visitor.clinic)
    answer = visitor.ask(f"appointments/{made.id}", method="DELETE")
    assert (answer.status, answer.body, "content-type" in answer.headers) == (204, b"", False)
    assert visitor.ask(f"appointments/{made.id}").json == {"detail": "Not found."}
    assert visitor.ask(f"appointments/{made.id}", method="DELETE").status == 404
