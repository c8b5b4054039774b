"""What single appointments and patients mean."""

import re
from datetime import UTC, date, datetime

import msgspec
import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connectors.kareo.fixtures import CONTEXT, ZONE, appointments, records, saved, split
from visitsync.connectors.kareo.translate import TRANSLATOR
from visitsync.domain.appointment import AppointmentDetail, AppointmentStatus, Mark, MarkKind
from visitsync.domain.patient import Address, Coverage, Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry


def detail(body: bytes, **asked: str) -> AppointmentDetail:
    (record,) = records(body, **asked)
    return TRANSLATOR.detail(record, CONTEXT)


def patients(body: bytes) -> dict[str, Patient]:
    return {one.id: TRANSLATOR.patient(one, CONTEXT) for one in records(body)}


# The single appointment


def test_the_single_appointment_adds_what_lists_do_not_say() -> None:
    found = detail(saved("getappointment"))
    assert found.start is not None
    assert found.start.instant == datetime(2026, 11, 18, 20, tzinfo=UTC)
    assert (found.start.wall, found.start.zone) == (datetime(2026, 11, 18, 14), ZONE)
    assert (found.duration_minutes, found.status) == (20, AppointmentStatus.BOOKED)
    assert (found.practitioner_id, found.location_id, found.patient_id) == ("27", "8", "31107")
    assert found.marks == (
        Mark(MarkKind.REASON, "415", "Telehealth Intake"),
        Mark(MarkKind.LOCATION, "8", "Birch Lane Online"),
        Mark(MarkKind.MODE, None, "Telehealth"),
    )
    assert found.booked_at == datetime(2026, 11, 2, 14, 15, 9, tzinfo=UTC)
    assert found.changed_at is None  # the list's own stamp stays the one that is compared
    assert not found.is_deleted


def test_a_row_and_its_detail_agree_on_the_moment() -> None:
    listed = appointments(saved("getappointments_2021"))["90017"].start
    assert detail(saved("getappointment")).start == listed


def test_one_answer_serves_all_occurrences_and_speaks_of_its_own_only() -> None:
    ids = "90017@2026-11-18T14:00,90017@2026-11-25T14:00"
    own, other = (TRANSLATOR.detail(one, CONTEXT) for one in records(saved("getappointment"), ids=ids))
    assert own.start is not None
    assert own.status is AppointmentStatus.BOOKED
    assert (other.start, other.duration_minutes, other.status, other.status_text) == (None, None, None, None)
    assert other.practitioner_id == "27"


def test_an_occurrence_is_recognised_in_whatever_zone_its_location_is() -> None:
    there = msgspec.structs.replace(CONTEXT, locations={"8": CatalogEntry(id="8", name="Far", zone="America/Denver")})
    (record,) = records(saved("getappointment"), ids="90017@2026-11-18T14:00")
    found = TRANSLATOR.detail(record, there).start
    assert found is not None
    assert (found.zone, found.wall) == ("America/Denver", datetime(2026, 11, 18, 13))


def test_an_appointment_that_is_not_there_is_absent() -> None:
    body = saved("getappointment")
    start, end = body.index(b"<Appointment>"), body.index(b"</Appointment>") + len(b"</Appointment>")
    (record,) = records(body[:start] + b'<Appointment i:nil="true"/>' + body[end:], ids="90017")
    assert (record.id, record.is_absent) == ("90017", True)


def test_an_answer_about_another_appointment_or_patient_is_refused() -> None:
    for name in ("getappointment", "getpatient"):
        with pytest.raises(AnswerUnreadable, match="another"):
            split(saved(name), ids="1")


def test_a_deleted_appointment_says_so() -> None:
    assert detail(saved("getappointment").replace(b"<IsDeleted>false", b"<IsDeleted>true")).is_deleted


def test_the_others_of_a_group_are_those_who_still_come() -> None:
    summary = "<GroupPatientSummary><PatientId>{}</PatientId><Status>{}</Status></GroupPatientSummary>"
    group = "".join(summary.format(*each) for each in ((31107, "PRESENT"), (1, "NO_SHOW"), (2, "CANCELLED")))
    body = saved("getappointment").replace(
        b'<PatientSummaries i:nil="true"/>', f"<PatientSummaries>{group}</PatientSummaries>".encode()
    )
    found = detail(body.replace(b"<IsGroupAppointment>false", b"<IsGroupAppointment>true"))
    assert (found.is_group, found.patient_id, found.other_patient_ids) == (True, "31107", ("1",))


def test_neither_name_nor_contact_is_kept_with_an_appointment() -> None:
    bodies = [one.body for name in ("getappointment", "getappointments_2021") for one in records(saved(name))]
    for word in (b"Ingrid", b"Brandvold", b"example.org", b"555-0117", b"1971"):
        assert not any(word in body for body in bodies)


# Patients


def test_a_patient_is_read_with_the_policies_of_the_primary_case() -> None:
    (found,) = patients(saved("getpatient")).values()
    assert found == Patient(
        id="31107",
        first_name="Ingrid",
        last_name="Brandvold",
        date_of_birth=date(1971, 2, 28),
        email="ingrid.brandvold@example.org",
        phones=("(555) 555-0118", "(555) 555-0117"),
        address=Address(line="9 Kestrel Way, Unit 4", city="Fernhollow", state="ND", postal_code="58001-1234"),
        coverages=(Coverage(payer_name="Prairie Mutual", payer_id="340", member_id="PRM-0042"),),
        changed_at=datetime(2026, 11, 5, 16, 1, tzinfo=UTC),
    )


def test_a_patient_of_a_list_may_have_flat_policies_only() -> None:
    found = patients(saved("getpatients"))["30952"]
    assert found.status is PatientStatus.INACTIVE
    assert (found.date_of_birth, found.date_of_birth_text) == (None, "n/a")
    assert found.coverages == (Coverage(payer_name="Northern Shield"), Coverage(payer_name="Medigap Plan G"))
    assert found.email == ""


def test_no_policy_is_known_only_where_policies_were_asked_for() -> None:
    without = re.sub(
        rb"<Cases>.*</Cases>|<PrimaryInsurancePolicyCompany.*?>.*?>", b"", saved("getpatient"), flags=re.DOTALL
    )
    (record,) = records(without)
    listed = msgspec.structs.replace(record, asked={"operation": "GetPatients"})
    assert TRANSLATOR.patient(record, CONTEXT).coverages == ()
    assert TRANSLATOR.patient(listed, CONTEXT).coverages is None


def test_only_the_primary_case_says_who_pays() -> None:
    (insured,) = patients(saved("getpatient")).values()
    swapped = saved("getpatient").replace(b"<IsPrimaryCase>true", b"<IsPrimaryCase>FALSE")
    swapped = swapped.replace(b"<IsPrimaryCase>false", b"<IsPrimaryCase>true")
    (self_payer,) = patients(re.sub(rb"<PrimaryInsurancePolicyCompany.*?>.*?>", b"", swapped)).values()
    assert (insured.is_self_pay, len(insured.coverages or ())) == (False, 1)
    assert (self_payer.is_self_pay, self_payer.coverages) == (True, ())
