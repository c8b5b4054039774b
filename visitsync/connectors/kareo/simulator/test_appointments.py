"""GetAppointments: windows, filters, words and slots, under every variant of what is uncertain."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from visitsync.connectors.kareo.simulator.by_hand import MONDAY_NOON, ByHand, Row, kareo
from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.staging import a_booking, a_patient, the_location, the_practitioner

TUESDAY_TEN = datetime(2026, 11, 3, 10, 0)
CRITERIA = ("AppointmentReason", "PatientFullName", "PatientID", "ResourceName", "ServiceLocationName")


def a_clinic() -> Clinic:
    return Clinic(clock=VirtualClock.frozen_at(MONDAY_NOON))


def starts(client: ByHand, **criteria: str) -> list[str | None]:
    return [row["StartDate"] for row in client.listed("GetAppointments", criteria).rows("AppointmentData")]


def the_row(client: ByHand, **criteria: str) -> Row:
    (row,) = client.november(**criteria)
    return row


# --- times --------------------------------------------------------------------------------------------------------


def test_a_row_is_text_in_us_form_shifted_by_the_filters_offset() -> None:
    with kareo() as client:
        a_booking(client.clinic, start=TUESDAY_TEN)
        row = the_row(client)
        assert (row["StartDate"], row["EndDate"]) == ("11/3/2026 10:00:00 AM", "11/3/2026 10:30:00 AM")
        assert (row["CreatedDate"], row["LastModifiedDate"]) == ("11/2/2026 12:00:00 PM", "11/2/2026 12:00:00 PM")
        assert (row["AllDay"], row["Recurring"]) == ("False", "False")
        assert the_row(client, TimeZoneOffsetFromGMT="-8")["StartDate"] == "11/3/2026 7:00:00 AM"
        assert the_row(client, TimeZoneOffsetFromGMT="0")["StartDate"] == "11/3/2026 3:00:00 PM"


def test_one_offset_is_an_hour_off_on_the_other_side_of_a_change_of_clocks() -> None:
    with kareo() as client:
        a_booking(client.clinic, start=datetime(2026, 10, 30, 10, 0))
        a_booking(client.clinic, start=TUESDAY_TEN)
        both = {"StartDate": "10/30/2026", "EndDate": "11/4/2026", "TimeZoneOffsetFromGMT": "-5"}
        assert starts(client, **both) == ["10/30/2026 9:00:00 AM", "11/3/2026 10:00:00 AM"]


@pytest.mark.parametrize(
    ("variants", "offset", "start"),
    [
        ({"list_times": "practice"}, {"TimeZoneOffsetFromGMT": "-8"}, "11/3/2026 10:00:00 AM"),
        ({"omitted_offset": "utc"}, {}, "11/3/2026 3:00:00 PM"),
        ({"omitted_offset": "practice"}, {}, "11/3/2026 10:00:00 AM"),
        ({"list_dates": "iso"}, {"TimeZoneOffsetFromGMT": "-5"}, "2026-11-03T10:00:00"),
    ],
)
def test_what_is_uncertain_about_times_is_a_variant(
    variants: dict[str, str], offset: dict[str, str], start: str
) -> None:
    with kareo(**variants) as client:
        a_booking(client.clinic, start=TUESDAY_TEN)
        assert starts(client, StartDate="11/2/2026", EndDate="11/5/2026", **offset) == [start]


def test_an_offset_that_is_no_whole_hour_is_refused() -> None:
    with kareo() as client:
        reply = client.listed("GetAppointments", {"TimeZoneOffsetFromGMT": "-03:30"})
        assert (reply.status, reply.text("IsError")) == (200, "true")


# --- windows ------------------------------------------------------------------------------------------------------


def test_without_dates_only_a_week_is_seen_from_three_days_ago() -> None:
    with kareo() as client:
        for day in (-4, -3, 0, 3, 5):
            a_booking(client.clinic, start=TUESDAY_TEN - timedelta(days=1) + timedelta(days=day))
        assert starts(client, TimeZoneOffsetFromGMT="-5") == [
            "10/30/2026 9:00:00 AM",
            "11/2/2026 10:00:00 AM",
            "11/5/2026 10:00:00 AM",
        ]


@pytest.mark.parametrize(
    ("criteria", "days"),
    [
        ({"StartDate": "11/10/2026"}, [10, 16]),
        ({"EndDate": "11/17/2026"}, [10, 16]),
        ({"StartDate": "11/10/2026", "EndDate": "11/20/2026"}, [10, 16, 18]),
        ({"FromLastModifiedDate": "1/1/2026", "ToLastModifiedDate": "12/31/2026"}, [2, 10, 16, 18, 30]),
        ({"FromCreatedDate": "1/1/2026", "ToCreatedDate": "12/31/2026"}, [2, 10, 16, 18, 30]),
        ({"FromLastModifiedDate": "1/1/2026"}, [2]),
    ],
)
def test_one_date_alone_spans_a_week_and_a_pair_of_stamps_needs_none(criteria: dict[str, str], days: list[int]) -> None:
    with kareo() as client:
        for day in (2, 10, 16, 18, 30):
            a_booking(client.clinic, start=datetime(2026, 11, day, 10, 0))
        found = starts(client, TimeZoneOffsetFromGMT="-5", **criteria)
        assert found == [f"11/{day}/2026 10:00:00 AM" for day in days]


@pytest.mark.parametrize("variant", ["error", "empty"])
def test_more_than_sixty_days_are_refused_or_answered_with_nothing(variant: str) -> None:
    with kareo(over_60_days=variant) as client:
        a_booking(client.clinic)
        reply = client.listed("GetAppointments", {"StartDate": "11/1/2026", "EndDate": "12/31/2026 12:00:01 AM"})
        assert reply.text("IsError") == str(variant == "error").lower()
        assert reply.rows("AppointmentData") == []
        exactly = client.listed("GetAppointments", {"StartDate": "11/1/2026", "EndDate": "12/31/2026 12:00:00 AM"})
        assert len(exactly.rows("AppointmentData")) == 1


@pytest.mark.parametrize(("variant", "found"), [("inclusive", 1), ("exclusive", 0)])
def test_the_upper_end_of_a_range_may_not_belong_to_it(variant: str, found: int) -> None:
    with kareo(upper_bounds=variant) as client:
        a_booking(client.clinic, start=TUESDAY_TEN)
        span = {"StartDate": "11/3/2026", "EndDate": "11/3/2026 10:00:00 AM", "TimeZoneOffsetFromGMT": "-5"}
        assert len(starts(client, **span)) == found


@pytest.mark.parametrize("text", ["11/3/2026", "2026-11-03", "2026-11-03T00:00:00", "11/3/2026 12:00:00 AM"])
def test_dates_are_taken_in_several_forms(text: str) -> None:
    with kareo() as client:
        a_booking(client.clinic, start=TUESDAY_TEN)
        assert len(starts(client, StartDate=text, EndDate="11/4/2026", TimeZoneOffsetFromGMT="-5")) == 1


def test_a_date_in_no_form_is_an_error() -> None:
    with kareo() as client:
        reply = client.listed("GetAppointments", {"StartDate": "tomorrow"})
        assert reply.text("IsError") == "true"
        assert "StartDate" in (reply.text("ErrorMessage") or "")


# --- filters ------------------------------------------------------------------------------------------------------


def test_every_criterion_narrows() -> None:
    with kareo(a_busy_clinic(3, MONDAY_NOON, appointments=200)) as client:
        everything = client.november()
        assert len(everything) > 20
        names = {
            "AppointmentReason": [f"AppointmentReason{n}" for n in range(1, 11)],
            "PatientFullName": ["PatientFullName"],
            "PatientID": ["PatientID"],
            "ResourceName": [f"ResourceName{n}" for n in range(1, 11)],
            "ServiceLocationName": ["ServiceLocationName"],
        }
        for criterion in CRITERIA:
            wanted = next(row[name] for row in everything for name in names[criterion] if row.get(name))
            assert wanted is not None
            expected = [row for row in everything if wanted in {row.get(name) for name in names[criterion]}]
            assert 0 < len(expected) < len(everything)
            assert client.november(**{criterion: wanted}) == expected


@pytest.mark.parametrize("word", ["Check-in", "CheckedIn", "Checked In", "check-IN"])
def test_a_status_is_chosen_in_any_spelling(word: str) -> None:
    with kareo() as client:
        client.clinic.set_status(a_booking(client.clinic).id, records.CHECKED_IN)
        a_booking(client.clinic)
        assert the_row(client, ConfirmationStatus=word)["ConfirmationStatus"] == "Check-in"


@pytest.mark.parametrize(("asked", "kinds"), [("P", ["P"]), ("Patient", ["P"]), ("O", ["O"]), ("U", [])])
def test_the_type_is_a_code_or_a_word(asked: str, kinds: list[str]) -> None:
    with kareo() as client:
        a_booking(client.clinic)
        client.clinic.block(
            practitioner_id=the_practitioner(client.clinic).id,
            location_id=the_location(client.clinic).id,
            start=TUESDAY_TEN,
            minutes=60,
            why="Lunch",
        )
        assert [row["Type"] for row in client.november(Type=asked)] == kinds


def test_another_practice_has_nothing_here_and_a_practice_id_is_no_criterion() -> None:
    with kareo() as client:
        a_booking(client.clinic)
        assert client.november(PracticeName="Somebody Else") == []
        assert len(client.november(PracticeName=client.clinic.name.upper())) == 1
        assert len(client.november(PracticeID="999")) == 1


def test_the_practices_name_may_be_required() -> None:
    with kareo(practice_name="required") as client:
        assert client.listed("GetAppointments").text("IsError") == "true"
        assert client.listed("GetAppointments", {"PracticeName": client.clinic.name}).text("IsError") == "false"


def test_stamps_are_filtered_in_the_lists_own_times() -> None:
    with kareo(stamp_times="utc") as client:
        booked = a_booking(client.clinic)
        client.pass_time(timedelta(hours=3))
        client.clinic.move(booked.id, start=TUESDAY_TEN)
        row = the_row(client)
        assert (row["CreatedDate"], row["LastModifiedDate"]) == ("11/2/2026 5:00:00 PM", "11/2/2026 8:00:00 PM")
        since = {"FromLastModifiedDate": "11/2/2026 8:00:00 PM", "ToLastModifiedDate": "11/3/2026"}
        assert len(client.november(**since)) == 1
        assert client.november(**since | {"FromLastModifiedDate": "11/2/2026 8:00:01 PM"}) == []


# --- rows ---------------------------------------------------------------------------------------------------------


def test_a_reason_may_stand_in_any_slot_and_a_room_before_the_provider() -> None:
    with kareo() as client:
        for _ in range(24):
            a_booking(client.clinic)
        rows = client.november()
        slots = {n for row in rows for n in range(1, 11) if row.get(f"AppointmentReason{n}") == "Telemedicine Visit"}
        assert slots == {1, 2, 3, 10}
        kinds = {(row["ResourceTypeID1"], row["ResourceTypeID2"]) for row in rows}
        assert kinds == {("1", "2"), ("2", "1")}
        names = {row[f"ResourceName{2 if row['ResourceTypeID1'] == '2' else 1}"] for row in rows}
        assert names == {"Imara Osei, MD"}


def test_slots_can_be_plain() -> None:
    with kareo(reason_slot="first", provider_slot="first") as client:
        for _ in range(12):
            a_booking(client.clinic)
        for row in client.november():
            assert (row["AppointmentReason1"], row["ResourceTypeID1"]) == ("Telemedicine Visit", "1")


def test_the_description_of_2021_knows_no_ids_of_reasons_and_resources() -> None:
    with kareo(contract="2021") as client:
        a_booking(client.clinic)
        assert not {
            name for name in the_row(client) if "ReasonID" in name or "ResourceID" in name or "Duration" in name
        }


def test_a_block_has_no_patient() -> None:
    with kareo() as client:
        place, person = the_location(client.clinic), the_practitioner(client.clinic)
        client.clinic.block(practitioner_id=person.id, location_id=place.id, start=TUESDAY_TEN, minutes=60, why="Lunch")
        row = the_row(client)
        assert (row["Type"], row["Notes"]) == ("O", "Lunch")
        assert not {"PatientID", "PatientFullName", "AppointmentReason1"} & set(row)


@pytest.mark.parametrize(
    ("variants", "name", "value"),
    [
        ({"name_order": "last_first"}, "PatientFullName", "Varga, Ottoline Mae"),
        ({"name_order": "first_last"}, "PatientFullName", "Ottoline Mae Varga"),
        ({"type_words": "word"}, "Type", "Patient"),
        ({"status_words": "documented"}, "ConfirmationStatus", "No-show"),
        ({"status_words": "spaced"}, "ConfirmationStatus", "No Show"),
        ({"status_words": "joined"}, "ConfirmationStatus", "NoShow"),
    ],
)
def test_words_differ_by_variant(variants: dict[str, str], name: str, value: str) -> None:
    with kareo(**variants) as client:
        patient = a_patient(client.clinic, last_name="Varga", middle_name="Mae")
        client.clinic.no_show(a_booking(client.clinic, patient=patient).id)
        assert the_row(client)[name] == value


def test_names_from_everywhere_and_markup_arrive_as_they_were_typed() -> None:
    with kareo() as client:
        name = {"first_name": "<b>Zoé & 宮本</b> 🌻", "last_name": 'O\'Brien "Łarkin" %s %(ID)s'}
        a_booking(client.clinic, patient=a_patient(client.clinic, **name))
        assert the_row(client)["PatientFullName"] == f"{name['first_name']} {name['last_name']}"


# --- life ---------------------------------------------------------------------------------------------------------


def test_moved_keeps_its_id_cancelled_stays_and_deleted_vanishes() -> None:
    with kareo() as client:
        moved, cancelled, deleted, archived = (a_booking(client.clinic) for _ in range(4))
        client.clinic.move(moved.id, start=datetime(2026, 11, 20, 9, 0))
        client.clinic.cancel(cancelled.id)
        client.clinic.delete(deleted.id)
        client.clinic.archive(archived.id)
        rows = {row["ID"]: row for row in client.november()}
        assert set(rows) == {str(moved.id), str(cancelled.id)}
        assert rows[str(moved.id)]["StartDate"] == "11/20/2026 9:00:00 AM"
        assert rows[str(cancelled.id)]["ConfirmationStatus"] == "Cancelled"


def test_correcting_a_chart_does_not_touch_the_appointments_stamp() -> None:
    with kareo() as client:
        booked = a_booking(client.clinic)
        before = the_row(client)
        client.pass_time(timedelta(hours=1))
        client.clinic.change_patient(booked.patient_id or 0, email="new@example.net")
        assert the_row(client) == before


@pytest.mark.parametrize(("variant", "ids"), [("shared_id", 1), ("own_ids", 4)])
def test_occurrences_of_a_series_may_share_its_id(variant: str, ids: int) -> None:
    with kareo(series=variant) as client:
        a_booking(client.clinic)
        first = client.clinic.appointments[700_001]
        series = client.clinic.book_series(
            count=4,
            patient_id=first.patient_id,
            practitioner_id=first.practitioner_id,
            location_id=first.location_id,
            type_id=first.type_id,
            start=TUESDAY_TEN,
        )
        rows = [row for row in client.november() if row["Recurring"] == "True"]
        assert len(rows) == 4
        assert {row["ID"] for row in rows} == {client.app.vendor_id(each.id) for each in series}
        assert len({row["ID"] for row in rows}) == ids


def test_an_edit_shown_late_is_not_in_lists_yet() -> None:
    with kareo() as client:
        with client.clinic.editing(visible_after=timedelta(minutes=5)):
            a_booking(client.clinic)
        assert client.november() == []
        client.pass_time(timedelta(minutes=5))
        assert len(client.november()) == 1


# --- nothing, and columns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("variant", "rows"), [("empty", []), ("phantom_row", [{}]), ("nil", [])])
def test_nothing_is_an_empty_list_or_a_row_of_nothing_or_no_list(variant: str, rows: list[Row]) -> None:
    with kareo(empty_list=variant) as client:
        reply = client.listed("GetAppointments")
        assert (reply.text("IsError"), reply.rows("AppointmentData")) == ("false", rows)
        assert (reply.text("Appointments") is None) == (variant == "nil")


@pytest.mark.parametrize("fields", ["", "<ID>false</ID>", "<AllDay>0</AllDay><ID>0</ID>"])
def test_no_column_switched_on_means_every_column(fields: str) -> None:
    with kareo() as client:
        a_booking(client.clinic)
        (row,) = client.listed("GetAppointments", fields=fields).rows("AppointmentData")
        assert {"ID", "StartDate", "PatientFullName", "AppointmentReason1"} <= set(row)


def test_only_the_columns_that_are_switched_on_have_values() -> None:
    with kareo() as client:
        a_booking(client.clinic)
        fields = "<ID>1</ID><Notes>false</Notes><StartDate>true</StartDate>"
        reply = client.listed("GetAppointments", fields=fields)
        (row,) = reply.rows("AppointmentData")
        assert set(row) == {"ID", "StartDate"}
        assert reply.text("PatientFullName") is None
    with kareo(toggles="placeholder_row") as client:
        a_booking(client.clinic)
        assert client.listed("GetAppointments", fields=fields).rows("AppointmentData") == [{}]


@pytest.mark.parametrize(("variant", "status"), [("fault", 500), ("error", 200)])
def test_an_absent_filter_is_a_null_reference(variant: str, status: int) -> None:
    with kareo(missing_filter=variant) as client:
        reply = client.call("GetAppointments", "<Fields/>")
        assert reply.status == status
        said = reply.fault if variant == "fault" else reply.text("ErrorMessage") or ""
        assert "Object reference not set to an instance of an object" in said


def test_members_without_a_value_may_be_left_out() -> None:
    with kareo(nil_members="left_out") as client:
        a_booking(client.clinic)
        reply = client.listed("GetAppointments")
        assert b"nil" not in reply.body
        assert len(reply.rows("AppointmentData")) == 1
