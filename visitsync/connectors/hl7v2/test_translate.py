"""Trials of saved messages: every fixture is read, whatever is done to it nothing breaks, and profiles differ."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visitsync.connector_kit.connector import ConnectionConfig, TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.hl7v2.not_asked import PushOnlyConnector
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import CATALOG_KINDS, RawRecord, RecordKind
from visitsync.connectors.hl7v2 import MANIFEST, TRANSLATOR
from visitsync.connectors.hl7v2.profiles import PROFILES
from visitsync.domain.appointment import Appointment, AppointmentStatus
from visitsync.domain.local_time import Clarity
from visitsync.domain.patient import Patient, PatientStatus

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.hl7"))
CONTEXT = TranslationContext(practice_zone="America/New_York")
PIECES = (
    *(b"", b'""', b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\x0b", b"\x1c\r", b"MSH|^~\\&|", b"\xff", b"\x00"),
    *(b"9" * 40, b"20261022", b"\r\rPID|", b"RGS|1|D\r", b"\\X0\\", b"S13", b"NOSHOW", b"1800"),
)


def understood(body: bytes, context: TranslationContext = CONTEXT) -> list[Appointment | Patient | None]:
    """What is understood of a saved file; raises only what a connector may raise."""
    found: list[Appointment | Patient | None] = []
    for record in TRANSLATOR.split(TRANSLATOR.page_from_file(body)):
        if not isinstance(record, RawRecord):
            continue
        if record.kind is RecordKind.APPOINTMENT_UPDATE:
            found.append(TRANSLATOR.appointment_after(record, context, None))
        elif record.kind is RecordKind.PATIENT_UPDATE:
            found.append(TRANSLATOR.patient_after(record, context, None))
        else:
            assert TRANSLATOR.catalog_entry(record, context).id
    return found


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_every_fixture_is_understood(path: Path) -> None:
    body = path.read_bytes()
    assert understood(body)
    kept = [TRANSLATOR.without_secrets(each) for each in _records(body)]
    assert all(b"078051120" not in each for each in kept)


def _records(body: bytes) -> list[RawRecord]:
    found = TRANSLATOR.split(TRANSLATOR.page_from_file(body))
    return [each for each in found if isinstance(each, RawRecord)]


def test_a_booking_and_its_patient() -> None:
    patient, booked = understood(FIXTURES[1].read_bytes())
    assert isinstance(booked, Appointment)
    assert isinstance(patient, Patient)
    assert (booked.id, booked.practitioner_id, booked.location_id) == ("CADENZA/HOLLOW/5501", "57", "MAIN")
    assert booked.video_words == ("video",)
    assert (patient.last_name, patient.email) == ("Ékondo", "adaeze.ekondo@example.com")


def test_frames_of_two_senders_are_told_apart() -> None:
    path = next(each for each in FIXTURES if each.stem == "frames")
    deleted, missed = [each for each in understood(path.read_bytes()) if isinstance(each, Appointment)]
    assert deleted.is_deleted
    assert missed.status is AppointmentStatus.NO_SHOW
    assert missed.start.clarity is Clarity.CONTRADICTORY


def test_a_merge_of_charts() -> None:
    path = next(each for each in FIXTURES if each.stem == "merge")
    assert [each.status for each in understood(path.read_bytes()) if isinstance(each, Patient)] == [
        PatientStatus.ACTIVE,
        PatientStatus.MERGED,
    ]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from(FIXTURES),
    at=st.floats(0, 1),
    length=st.integers(0, 30),
    piece=st.sampled_from(PIECES) | st.binary(max_size=8),
)
def test_a_changed_message_is_understood_or_refused_and_breaks_nothing(
    path: Path, at: float, length: int, piece: bytes
) -> None:
    body = path.read_bytes()
    start = int(at * len(body))
    try:
        understood(body[:start] + piece + body[start + length :])
    except (AnswerUnreadable, RecordUnreadable):
        return


def test_what_depends_on_the_zone_differs_between_zones_and_nothing_else() -> None:
    body = FIXTURES[1].read_bytes()
    (_, here), (_, there) = (
        understood(body, TranslationContext(practice_zone=zone)) for zone in ("Etc/GMT+5", "Etc/GMT-5")
    )
    assert isinstance(here, Appointment)
    assert isinstance(there, Appointment)
    assert here.start.wall == there.start.wall
    assert here.start.instant != there.start.instant


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_reads_every_fixture(profile: str) -> None:
    context = TranslationContext(practice_zone="America/New_York", settings={"profile": profile})
    for path in FIXTURES:
        assert understood(path.read_bytes(), context)


def test_profiles_are_what_the_setting_offers() -> None:
    (setting,) = [each for each in MANIFEST.settings if each.name == "profile"]
    assert set(setting.values) == set(PROFILES)


def test_a_profile_names_where_the_type_stands() -> None:
    body = (
        b"MSH|^~\\&|A|B|||20261019||SIU^S12|1|P|2.3\rSCH||5|||||WELL^Wellness|X^Other|20||^^^202610221000\rPID|1||7\r"
    )
    marks = {
        name: found.marks[0].id
        for name in ("standard", "greenway intergy", "webchart")
        for found in understood(body, TranslationContext(practice_zone="UTC", settings={"profile": name}))
        if isinstance(found, Appointment)
    }
    assert marks == {"standard": "X", "greenway intergy": "WELL", "webchart": "X"}


def test_nothing_can_be_asked_of_a_sender() -> None:
    config = ConnectionConfig(connection_id="x", base_url="", practice_zone="UTC", settings={"start_places": "SCH 11"})
    connector = PushOnlyConnector(MANIFEST, config)
    assert "start_places" in connector.check().problems[0]
    assert list(connector.read_patients(["1"], urgency=Urgency.SOON)) == []
    assert list(connector.read_patient_changes(None)) == list(connector.read_details([], urgency=Urgency.SOON)) == []


def test_lists_are_learned_from_messages() -> None:
    records = TRANSLATOR.split(TRANSLATOR.page_from_file(FIXTURES[1].read_bytes()))
    entries = [
        TRANSLATOR.catalog_entry(each, CONTEXT)
        for each in records
        if isinstance(each, RawRecord) and each.kind in CATALOG_KINDS
    ]
    assert [(each.id, each.name, each.npi) for each in entries] == [
        ("TELE", "Telehealth visit", None),
        ("MAIN", "Main Street", None),
        ("57", "Iris Marlow", "1000000004"),
    ]
