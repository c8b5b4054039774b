"""What FHIR servers do beyond the standard, or against it, tried on the pretend one over HTTP."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.errors import ForbiddenAddress, NeedsPermission, RequestRefused
from visitsync.connectors.fhir_r4.changes import BY_DAYS, BY_LAST_UPDATED
from visitsync.connectors.fhir_r4.simulator import PATH, PROFILES
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.local_time import Clarity
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.exchange import Response
from visitsync.simulator_kit.fhir.answers import outcome
from visitsync.simulator_kit.records import Coverage
from visitsync.simulator_kit.staging import a_booking, a_patient, the_practitioner

MINUTES = timedelta(minutes=6)


@contextmanager
def trying(settings: Mapping[str, str] | None = None, **variants: str) -> Iterator[Trial]:
    """A trial, served while the block lasts."""
    with Trial("fhir_r4", variants=variants, settings=settings or {}, path=PATH) as trial:
        yield trial


def asked(trial: Trial, pattern: str) -> list[list[tuple[str, str]]]:
    """The queries of all requests so far whose line matches."""
    lines = [request.line for request in list(trial.server.requests) if re.search(pattern, request.line)]
    return [parse_qsl(urlsplit(line.split(" ")[1]).query) for line in lines]


def test_a_server_without_appointments_fails_at_set_up_in_clear_words() -> None:
    with trying(profile="no-appointment") as trial:
        check = trial.connector().check()
    assert not check.is_working
    assert "no appointments" in check.problems[0]
    assert "HL7 v2" in check.problems[0]


@pytest.mark.parametrize(
    ("profile", "way"), [("plain", BY_LAST_UPDATED), ("oracle-like", BY_DAYS), ("hapi-like", BY_LAST_UPDATED)]
)
def test_the_check_says_how_changes_will_be_read_and_when_an_appointment_of_today_is(profile: str, way: str) -> None:
    with trying({"window_by": "practitioner"}, profile=profile) as trial:
        the_practitioner(trial.clinic)
        a_booking(trial.clinic, start=trial.clinic.wall_time().replace(hour=15, minute=30))
        check = trial.connector().check()
    assert check.is_working, check.problems
    assert check.facts["changes are read by"] == way
    assert check.facts["an appointment of today, as we read it"] == "15:30 (America/New_York)"


def test_a_server_that_refuses_a_date_alone_is_told_apart_at_set_up() -> None:
    with trying(profile="oracle-like") as trial:
        the_practitioner(trial.clinic)
        check = trial.connector().check()
        assert not check.is_working
        assert "window_by" in check.problems[0]
        with pytest.raises(RequestRefused):
            trial.sweep()


def test_an_actor_is_named_once_with_a_lower_and_an_upper_date() -> None:
    with trying({"window_by": "location", "actors": "11, 12"}, profile="oracle-like", rooms="referred to") as trial:
        booked = a_booking(trial.clinic)
        trial.sweep()
        assert trial.app.vendor_id(booked.id) in trial.known.appointments
        for query in asked(trial, r"Appointment\?"):
            assert [name for name, _ in query] == ["location", "date", "date", "_count"]
            assert [value[:2] for name, value in query if name == "date"] == ["ge", "lt"]
            assert all("+" not in value for _, value in query)


def test_a_last_updated_that_is_passed_over_is_noticed_and_days_are_read() -> None:
    with trying(last_updated="not offered") as trial:
        trial.settings["changes_by"] = "last updated"
        booked = a_booking(trial.clinic)
        with pytest.raises(RequestRefused):
            trial.changes(None)
        trial.settings["changes_by"] = "auto"
        trial.changes(None)
        assert trial.app.vendor_id(booked.id) in trial.known.appointments


def test_a_server_that_announces_a_parameter_and_passes_over_it_is_read_by_days_from_then_on() -> None:
    with trying() as trial:
        collection = trial.app.tenant.collections["Appointment"]  # type: ignore[attr-defined]
        statement = trial.app.tenant.statement()  # type: ignore[attr-defined]
        object.__setattr__(collection, "hidden", frozenset({"_lastUpdated"}))
        trial.app.tenant.statement = lambda: statement  # type: ignore[attr-defined]
        booked = a_booking(trial.clinic)
        bookmark = trial.changes(None)
        assert trial.app.vendor_id(booked.id) in trial.known.appointments
        before = len(asked(trial, r"_lastUpdated="))
        trial.clock.advance(MINUTES)
        trial.changes(bookmark)
        assert len(asked(trial, r"_lastUpdated=")) == before


def test_changes_are_asked_for_by_the_servers_clock_with_an_overlap() -> None:
    with trying({"overlap_minutes": "15"}, fhir_clock_drift_seconds="-400") as trial:
        bookmark = trial.changes(None)
        trial.clock.advance(MINUTES)
        trial.changes(bookmark)
        query = dict(asked(trial, r"_lastUpdated=")[-1])
    assert query["_lastUpdated"] == "ge2026-11-09T16:38:20Z"  # noon, less the drift and a quarter of an hour
    assert query["_sort"] == "_lastUpdated"


def test_the_history_tells_of_deletions_at_once() -> None:
    with trying({"changes_by": "history"}, profile="hapi-like", fhir_page_size="2") as trial:
        gone, kept = a_booking(trial.clinic), a_booking(trial.clinic)
        bookmark = trial.changes(None)
        trial.sweep()
        trial.clock.advance(MINUTES)
        trial.clinic.move(gone.id, start=gone.start + timedelta(days=1))
        for _ in range(3):
            a_booking(trial.clinic)
        trial.clinic.delete(gone.id)
        trial.changes(bookmark)
        assert trial.app.vendor_id(gone.id) not in trial.known.living()
        assert trial.app.vendor_id(kept.id) in trial.known.living()
        assert differences(trial) == []


@pytest.mark.parametrize("deleted", ["404", "410"])
def test_a_deleted_appointment_is_gone_only_if_a_search_does_not_find_it_either(deleted: str) -> None:
    with trying(deleted=deleted) as trial:
        gone, kept = a_booking(trial.clinic), a_booking(trial.clinic)
        trial.sweep()
        trial.clinic.delete(gone.id)
        assert trial.fetch(trial.app.vendor_id(gone.id)) is None
        assert len(asked(trial, r"Appointment\?_id=")) == (deleted == "404")
        line = rf"GET {PATH}/Appointment/{kept.id}$"
        usual = trial.app.answer
        trial.app.answer = (  # type: ignore[method-assign]
            lambda request: outcome("not-found", status=404) if re.search(line, request.line) else usual(request)
        )
        assert trial.fetch(trial.app.vendor_id(kept.id)) is not None


def test_a_page_of_a_proxy_never_deletes_an_appointment() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        trial.sweep()
        usual = trial.app.answer
        trial.app.answer = (  # type: ignore[method-assign]
            lambda request: Response(status=404, body=b"{}") if "/Appointment/" in request.path else usual(request)
        )
        assert trial.fetch(trial.app.vendor_id(booked.id)) is not None


def test_a_cancellation_without_a_time_is_seen_among_changes() -> None:
    with trying(cancelled_without_time="yes") as trial:
        booked = a_booking(trial.clinic)
        bookmark = trial.changes(None)
        trial.clock.advance(MINUTES)
        trial.clinic.cancel(booked.id)
        trial.changes(bookmark)
        found = trial.known.appointments[trial.app.vendor_id(booked.id)]
        assert found.status is AppointmentStatus.CANCELLED
        assert found.start.clarity is Clarity.CONTRADICTORY


def test_an_insurance_that_changed_is_noticed_though_the_patient_did_not() -> None:
    with trying() as trial:
        patient = a_patient(trial.clinic, coverage=None)
        connector = trial.connector()
        pages = list(connector.read_patient_changes(None))
        trial.clock.advance(MINUTES)
        trial.clinic.change_patient(patient.id, coverage=Coverage(company="Harbor", payer_id="H1", member_id="7"))
        statement = trial.app.tenant.collections["Patient"]  # type: ignore[attr-defined]
        object.__setattr__(statement, "rows", list)
        trial.take_in(trial.connector().read_patient_changes(pages[-1].bookmark))
        read = trial.known.patients[str(patient.id)]
        assert read.coverages is not None
        assert [each.payer_name for each in read.coverages] == ["Harbor"]


def test_a_narrowed_scope_names_what_is_missing() -> None:
    with trying(fhir_narrows_scope="Appointment") as trial:
        check = trial.connector().check()
        assert not check.is_working
        assert "Appointment" in check.problems[0]
        with pytest.raises(NeedsPermission, match="Appointment"):
            trial.sweep()


def test_without_coverage_everything_else_is_read_and_coverage_stays_unknown() -> None:
    with trying({"coverage_by": "not read"}) as trial:
        patient = a_patient(trial.clinic)
        assert trial.read_patients([str(patient.id)])[str(patient.id)].coverages is None


def test_a_merged_chart_names_the_one_that_stays() -> None:
    with trying() as trial:
        kept, gone = a_patient(trial.clinic), a_patient(trial.clinic)
        trial.clinic.merge_patients(kept=kept.id, gone=gone.id)
        found = trial.read_patients([str(gone.id), str(kept.id)])[str(gone.id)]
    assert (found.status, found.merged_into_id) == (PatientStatus.MERGED, str(kept.id))


def test_a_next_page_on_another_host_is_not_followed() -> None:
    with trying(fhir_page_size="2") as trial:
        for _ in range(5):
            a_booking(trial.clinic)
        trial.app.faults.switch_on("next_elsewhere", match="Appointment")
        with pytest.raises(ForbiddenAddress):
            trial.sweep()


def test_a_page_that_expired_in_the_middle_begins_the_search_anew() -> None:
    with trying(fhir_page_size="2") as trial:
        for _ in range(7):
            a_booking(trial.clinic)
        trial.app.faults.switch_on("page_expired", match=r"\?_getpages")
        trial.sweep()
        assert differences(trial) == []


def test_the_list_of_types_is_that_of_services_or_what_is_in_use() -> None:
    for services in ("served", "absent"):
        with trying(services=services, type_in="both") as trial:
            a_booking(trial.clinic)
            trial.sweep()
            (known,) = trial.known.appointments.values()
            marks = {mark.id for mark in known.marks if mark.kind in (MarkKind.TYPE, MarkKind.SERVICE)}
            assert marks
            assert marks <= set(trial.context.appointment_types)


def test_somebody_at_a_desk_is_no_clinician_by_the_role() -> None:
    with trying() as trial:
        doctor = the_practitioner(trial.clinic)
        desk = trial.clinic.add_practitioner("Front Desk", "2", is_provider=False, suffix="")
        known = trial.context.practitioners
    assert known[str(doctor.id)].is_clinician
    assert known[str(doctor.id)].npi == doctor.npi
    assert not known[str(desk.id)].is_clinician


@pytest.mark.parametrize("sign", ["virtualService", "contained", "extension"])
def test_signs_of_video_reach_the_marks(sign: str) -> None:
    with trying(video_sign=sign) as trial:
        a_booking(trial.clinic)
        trial.sweep()
        (known,) = trial.known.appointments.values()
        assert [mark.kind for mark in known.marks if mark.kind is MarkKind.MODE]


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("shape", ["R4", "R5", "STU3", "DSTU2"])
def test_every_version_in_every_manner_is_swept_rightly(profile: str, shape: str) -> None:
    if profile == "no-appointment":
        return
    settings = {"window_by": "practitioner"} if profile == "oracle-like" else {}
    with trying(settings, profile=profile, shape=shape, actors="several") as trial:
        trial.clinic.add_practitioner("Second", "Doctor", npi="1000000087")
        booked = a_booking(trial.clinic)
        trial.clinic.cancel(a_booking(trial.clinic).id)
        trial.sweep()
        assert differences(trial) == []
        assert trial.known.appointments[trial.app.vendor_id(booked.id)].practitioner_id == str(booked.practitioner_id)
