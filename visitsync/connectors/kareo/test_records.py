"""How answers come apart: nothing hidden by a bad row, nothing taken for an answer, no secret kept."""

import pytest

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import RecordKind, UnreadableRecord
from visitsync.connectors.kareo.fixtures import CONTEXT, SHIFTED, records, row, saved, split
from visitsync.connectors.kareo.secrecy import record_without_secrets, without_secrets
from visitsync.connectors.kareo.translate import TRANSLATOR

# What is unreadable, and what must not be taken for an answer


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"StartDate": "sometime"}, "StartDate: expected a date and time"),
        ({"StartDate": ""}, "StartDate: expected a date and time"),
        ({"StartDate": "2/30/2026 9:00:00 AM"}, "StartDate: expected a date and time"),
        ({"EndDate": "12/1/2026 25:00"}, "EndDate: expected a date and time"),
        ({"EndDate": ""}, "EndDate: expected a date and time"),
        ({"EndDate": "11/1/2026 9:00:00 AM"}, "the end is before the start"),
        ({"PatientID": "Brandvold"}, "PatientID: expected a whole number"),
        ({"ServiceLocationID": "main"}, "ServiceLocationID: expected a whole number"),
    ],
)
def test_a_row_that_makes_no_sense_is_named_by_its_field_only(members: dict[str, str], reason: str) -> None:
    (record,) = records(row(**members), offset="-6", **SHIFTED)
    with pytest.raises(RecordUnreadable) as error:
        TRANSLATOR.appointment(record, CONTEXT)
    assert str(error.value) == reason


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"ID": ""}, "ID: expected a whole number"),
        ({"ID": "n/a"}, "ID: expected a whole number"),
        ({"ID": "٣"}, "ID: expected a whole number"),
        ({"ID": "9" * 30}, "ID: no number that an id can have"),
        ({"ID": "7</ID><ID>8"}, "ID: stands there twice"),
        ({"Notes": "before <b>bold</b> after"}, "Notes: holds elements where a text belongs"),
        ({"Notes": "<b/>"}, "Notes: holds elements where a text belongs"),
        ({"Notes xmlns='urn:other'": "x"}, "Notes: in another namespace than the record"),
        ({"Recurring": "True", "StartDate": "soon"}, "StartDate: expected a date and time"),
    ],
)
def test_a_row_that_cannot_be_told_apart_does_not_hide_the_others(members: dict[str, str], reason: str) -> None:
    spoilt = row(**members).replace(b"</Notes xmlns='urn:other'>", b"</Notes>")
    good = b"<AppointmentData><ID>8</ID><StartDate>12/1/2026 9:00:00 AM</StartDate></AppointmentData>"
    bad, fine = split(spoilt.replace(b"</AppointmentData>", b"</AppointmentData>" + good))
    assert isinstance(bad, UnreadableRecord)
    assert (bad.reason, fine.id) == (reason, "8")
    assert b"AppointmentData" in bad.body


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<Appointments>", b'<Appointments xmlns="http://www.kareo.com/api/schemas">'),
        (b"<AppointmentData>", b'<AppointmentData xmlns="http://www.kareo.com/api/schemas">'),
        (b"AppointmentData>", b"Appointment>"),
        (b"Appointments>", b"Visits>"),
        (b"</Appointments>", b"</Appointments><Appointments/>"),
        (b"GetAppointmentsResult", b"GetPatientsResult"),
    ],
)
def test_a_list_that_is_not_surely_one_is_never_an_empty_one(old: bytes, new: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        split(saved("getappointments_2021").replace(old, new))


@pytest.mark.parametrize("empty", [b"<Appointments/>", b'<Appointments i:nil="true"/>'])
def test_an_empty_list_is_an_empty_list(empty: bytes) -> None:
    body = saved("getappointments_phantom")
    start, end = body.index(b"<Appointments>"), body.index(b"</Appointments>") + len(b"</Appointments>")
    assert split(body[:start] + empty + body[end:]) == []


def test_rows_of_another_practice_are_refused() -> None:
    with pytest.raises(AnswerUnreadable, match="practice 52"):
        split(saved("getappointments_2021").replace(b"<a:int>52", b"<a:int>53"), practice_id="53")


# Secrets


@pytest.mark.parametrize("name", ["getpatient", "getpatients", "getproviders"])
def test_social_security_numbers_are_gone_from_whatever_is_kept(name: str) -> None:
    body = saved(name)
    assert b"900-00-000" in body
    kept = [
        without_secrets(body),
        *(one.body for one in records(body)),
        *map(TRANSLATOR.without_secrets, records(body)),
    ]
    assert not any(b"900-00" in each for each in kept)
    assert [one.id for one in records(kept[0])] == [one.id for one in records(body)]


def test_an_unreadable_patient_is_kept_without_the_number_too() -> None:
    (bad, _) = split(saved("getpatients").replace(b"<ID>31107", b"<ID>n/a"))
    assert isinstance(bad, UnreadableRecord)
    assert b"Kestrel" in bad.body
    assert b"900-00" not in bad.body


def test_what_holds_no_secret_is_kept_byte_for_byte() -> None:
    body = saved("getappointments_2021")
    assert without_secrets(body) is body
    assert record_without_secrets(b'{"SSN":"1","Cases":[{"SSN":"2","a":"b"}]}') == b'{"Cases":[{"a":"b"}]}'


# Saved files


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("getappointments_2021", RecordKind.APPOINTMENT, 5),
        ("getappointments_today", RecordKind.APPOINTMENT, 1),
        ("getappointment", RecordKind.APPOINTMENT_DETAIL, 1),
        ("getpatient", RecordKind.PATIENT, 1),
        ("getpatients", RecordKind.PATIENT, 2),
        ("getallpatients", RecordKind.PATIENT, 1),
        ("getproviders", RecordKind.PRACTITIONER, 2),
        ("getservicelocations", RecordKind.LOCATION, 2),
        ("getappointmentreasons", RecordKind.APPOINTMENT_TYPE, 1),
    ],
)
def test_a_saved_answer_is_recognised_by_its_shape(name: str, kind: RecordKind, count: int) -> None:
    body = saved(name)
    packed = b"".join(line.strip() for line in body.splitlines())
    for each in (
        body,
        packed,
        packed.replace(b"<s:", b"<SOAP-ENV:").replace(b"</s:", b"</SOAP-ENV:").replace(b":s=", b":SOAP-ENV="),
    ):
        assert TRANSLATOR.page_from_file(each).kind is kind
        assert len(records(each)) == count


def test_a_saved_request_is_told_from_an_answer() -> None:
    body = saved("getappointments_2021").replace(b"GetAppointmentsResponse", b"GetAppointments")
    with pytest.raises(AnswerUnreadable, match="request"):
        TRANSLATOR.page_from_file(body)


def test_an_answer_that_holds_nothing_for_us_is_named() -> None:
    with pytest.raises(AnswerUnreadable, match="GetPractices"):
        TRANSLATOR.page_from_file(saved("getpatients").replace(b"GetPatientsRes", b"GetPracticesRes"))
