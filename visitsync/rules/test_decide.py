"""What holds for every appointment whatever: it is answered, the same way each time, until the instant it names."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.decision import WITH_VISIT, Decision, Outcome
from visitsync.domain.explanation import Screen, for_patient, seven_checks
from visitsync.domain.local_time import Clarity, LocalTime
from visitsync.domain.patient import Address, Coverage, Patient, PatientStatus
from visitsync.domain.practice import Agreement, CatalogEntry, Demographic, OpeningHours, PracticeContext, Recognition
from visitsync.domain.reason import Severity
from visitsync.domain.reasons import REASONS
from visitsync.rules.decide import decide
from visitsync.rules.lookups import lookups_for
from visitsync.rules.reading import expected_after_fix
from visitsync.rules.rehearsal import (
    NOW,
    OFFICE,
    TELEMEDICINE,
    Rehearsal,
    a_booking,
    a_condition,
    a_patient,
    a_practitioner,
    at,
)

_MOMENT = timedelta(microseconds=1)

texts = st.one_of(
    st.text(max_size=30), st.sampled_from([TELEMEDICINE, OFFICE, "Telemedicne Visit", "zoom", "", "{emr}"])
)
ids = st.one_of(st.none(), st.sampled_from(["p1", "p2", "d1", "t1", "t2", "l1", "", "x" * 300]), st.text(max_size=5))
instants = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28), timezones=st.just(UTC))
near_instants = st.datetimes(datetime(2026, 8, 1), datetime(2027, 6, 1), timezones=st.just(UTC))
stamps = st.one_of(st.none(), near_instants, instants)
local_times = st.builds(
    LocalTime,
    wall=st.one_of(st.datetimes(datetime(2026, 8, 1), datetime(2027, 6, 1)), st.datetimes()),
    zone=st.sampled_from(["America/New_York", "US/Pacific", "Not/AZone"]),
    instant=st.one_of(near_instants, instants),
    clarity=st.sampled_from(Clarity),
)
marks = st.lists(st.builds(Mark, st.sampled_from(MarkKind), ids, st.one_of(st.none(), texts)), max_size=4).map(tuple)
appointments = st.builds(
    Appointment,
    id=st.sampled_from(["a1", "a2"]),
    start=local_times,
    duration_minutes=st.one_of(st.sampled_from([0, 15, 30]), st.integers(-10_000, 2_000_000)),
    status=st.one_of(st.none(), st.sampled_from(AppointmentStatus)),
    status_text=texts,
    marks=st.one_of(st.just((Mark(MarkKind.TYPE, None, TELEMEDICINE),)), marks),
    patient_id=ids,
    other_patient_ids=st.one_of(st.just(()), st.just(("p2", "p9"))),
    practitioner_id=ids,
    practitioner_name=st.one_of(st.none(), texts),
    location_id=ids,
    location_name=st.one_of(st.none(), texts),
    booked_at=stamps,
    changed_at=stamps,
    first_seen_at=stamps,
    missing_since=stamps,
    is_block=st.sampled_from([False, False, False, True]),
    is_deleted=st.sampled_from([False, False, False, True]),
    replaces_id=ids,
    replaced_by_id=ids,
    coverage_named=st.sampled_from([None, True, False]),
    video_words=st.sampled_from([(), (), ("zoom",)]),
    lacks_detail=st.sampled_from([False, False, True]),
)
patients = st.builds(
    Patient,
    id=st.sampled_from(["p1", "p2"]),
    first_name=texts,
    last_name=texts,
    date_of_birth=st.one_of(st.none(), st.dates()),
    date_of_birth_text=texts,
    email=st.one_of(texts, st.emails(), st.sampled_from(["boss@example.org", "none@none.com", "a@gmial.com"])),
    other_emails=st.sampled_from([(), (("work", "a@example.org"),)]),
    phones=st.one_of(st.just(()), st.tuples(texts)),
    address=st.builds(Address, texts, texts, texts, texts),
    coverages=st.one_of(st.none(), st.just(()), st.tuples(st.builds(Coverage, texts, texts, texts))),
    is_self_pay=st.booleans(),
    has_responsible_contact=st.booleans(),
    status=st.sampled_from(PatientStatus),
    merged_into_id=ids,
    is_marked_as_test=st.booleans(),
)
entries = st.builds(
    CatalogEntry,
    id=st.sampled_from(["t1", "t2", "l1", "d1"]),
    name=texts,
    is_connected=st.booleans(),
    is_active=st.booleans(),
    first_seen_at=st.one_of(st.none(), near_instants),
    previous_name=st.one_of(st.none(), texts),
    zone=st.sampled_from([None, "America/Chicago", "Not/AZone"]),
    npi=st.sampled_from([None, "", "1000000004"]),
    is_clinician=st.booleans(),
    staff_id=st.sampled_from([None, "s1"]),
)
catalogs = st.lists(entries, max_size=3).map(lambda found: {entry.id: entry for entry in found})


@st.composite
def practices(draw: st.DrawFn) -> PracticeContext:
    clinic = Rehearsal()
    found = draw(st.lists(patients, max_size=2))
    clinic.patients = {patient.id: patient for patient in found}
    conditions = draw(
        st.lists(
            st.builds(
                lambda kind, text, id_: a_condition(kind, text, ids=(id_,)), st.sampled_from(MarkKind), texts, texts
            ),
            max_size=2,
        )
    )
    if draw(st.booleans()):
        clinic.settings |= {name: draw(catalogs) for name in ("appointment_types", "locations", "practitioners")}
        clinic.connection["recognition"] = Recognition(tuple(conditions), draw(st.sampled_from(Agreement)))
    clinic.settings |= {
        "zone": draw(st.sampled_from(["America/New_York", "Pacific/Honolulu", "Pacific/Auckland"])),
        "staff_emails": {"boss@example.org": "s9"},
        "households": draw(st.sampled_from([{}, {"p1": "h1", "p2": "h1"}])),
        "duplicate_charts": draw(st.sampled_from([{}, {"p1": ("p2",)}])),
        "test_visit_ids": draw(st.sampled_from([frozenset(), frozenset({"a2"})])),
        "closures": draw(st.sampled_from([frozenset(), frozenset({date(2026, 12, 1)})])),
        "opening_hours": draw(st.sampled_from([(), (OpeningHours(1, time(8), time(17)),)])),
    }
    clinic.connection |= {
        "is_paused": draw(st.booleans()),
        "trouble": draw(st.sampled_from([None, "emr-outage", "unheard-of"])),
        "sync_months": draw(st.sampled_from([3, 3, 1, 6])),
        "duration_step_minutes": draw(st.sampled_from([0, 15])),
        "required_demographics": draw(st.sampled_from([frozenset(), frozenset(Demographic)])),
        "excluded_resources": draw(st.sampled_from([frozenset(), frozenset({"l1"})])),
        "status_meanings": {"ok": AppointmentStatus.BOOKED},
    }
    return clinic.context()


thoroughly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thoroughly
@given(appointments, practices(), near_instants)
def test_every_record_gets_an_answer_with_reasons_of_the_catalogue(
    appointment: Appointment, practice: PracticeContext, now: datetime
) -> None:
    decision = decide(appointment, practice, now)
    assert all(finding.code in REASONS for finding in decision.findings)
    if decision.outcome is not Outcome.READY:
        assert decision.findings
    blocking = [one for one in decision.findings if REASONS[one.code].severity is Severity.BLOCKS]
    assert not (blocking and decision.outcome in WITH_VISIT)
    assert decision.staff_id is None or decision.outcome in WITH_VISIT
    assert decision.recheck_at is None or decision.recheck_at > now
    assert decision.expected_by is None or decision.expected_by > now
    screen = Screen(emr="kareo", words=practice.connection.words, zone=practice.zone, now=now)
    checks = seven_checks(decision, screen, expected_after_fix=expected_after_fix(appointment, practice, now))
    assert len(checks) == 7
    assert for_patient(decision)


@thoroughly
@given(appointments, practices(), near_instants)
def test_the_same_input_always_gets_the_same_answer(
    appointment: Appointment, practice: PracticeContext, now: datetime
) -> None:
    again = msgspec.structs.replace(practice, connection=msgspec.structs.replace(practice.connection))
    copy = msgspec.json.decode(msgspec.json.encode(appointment), type=Appointment)
    assert decide(appointment, practice, now) == decide(copy, again, now) == decide(appointment, practice, now)


@thoroughly
@given(appointments, practices(), near_instants, st.floats(0, 1))
def test_nothing_changes_before_the_instant_that_was_named(
    appointment: Appointment, practice: PracticeContext, now: datetime, share: float
) -> None:
    decision = decide(appointment, practice, now)
    last = decision.recheck_at or now + timedelta(days=3_000)
    for then in (now + (last - now) * share, last - _MOMENT):
        later = decide(appointment, practice, min(then, last - _MOMENT))
        assert _without_expectation(later) == _without_expectation(decision)


def _without_expectation(decision: Decision) -> Decision:
    """What is being read is always expected soon, counted from now."""
    return msgspec.structs.replace(decision, expected_by=None)


@thoroughly
@given(appointments, practices(), near_instants)
def test_deciding_again_at_each_named_instant_comes_to_an_end(
    appointment: Appointment, practice: PracticeContext, now: datetime
) -> None:
    decision = decide(appointment, practice, now)
    for _ in range(12):
        if decision.recheck_at is None:
            return
        decision = decide(appointment, practice, decision.recheck_at)
    pytest.fail("time alone keeps changing it")


@thoroughly
@given(appointments, practices(), near_instants)
def test_no_evidence_tells_a_name_or_an_address(
    appointment: Appointment, practice: PracticeContext, now: datetime
) -> None:
    people = {
        id_: msgspec.structs.replace(
            patient, first_name="Perpetua", last_name="Lundqvist", email="perpetua.l@gmial.com"
        )
        for id_, patient in practice.patients.items()
    }
    told = str(decide(appointment, msgspec.structs.replace(practice, patients=people), now))
    assert not any(word in told for word in ("Perpetua", "Lundqvist", "perpetua"))


@given(st.lists(st.sampled_from(["email", "birth", "type", "provider", "far"]), unique=True))
def test_r16_every_failing_check_is_there_whatever_else_fails(broken: list[str]) -> None:
    clinic = Rehearsal()
    booking: dict[str, Any] = {}
    ways: dict[str, tuple[Callable[[], Any], str]] = {
        "email": (lambda: clinic.patient(email=""), "email-missing"),
        "birth": (lambda: clinic.patient(date_of_birth=None), "demographics-missing"),
        "type": (lambda: booking.update(type_text="Telemedicne Visit"), "type-misspelt"),
        "provider": (lambda: clinic.settings.update(practitioners={}), "provider-unknown"),
        "far": (lambda: booking.update(start=at(2027, 6, 1)), "beyond-horizon"),
    }
    for name in broken:
        ways[name][0]()
    assert set(clinic.codes(**booking)) == {ways[name][1] for name in broken}


def test_r17_a_fixed_record_is_ready_without_being_booked_again() -> None:
    clinic = Rehearsal()
    clinic.patient(email="none@none.com")
    assert clinic.decide().outcome is Outcome.NEEDS_FIX
    clinic.patient(email="odalys@example.org")
    assert clinic.decide().outcome is Outcome.READY


def test_contexts_that_share_their_settings_share_what_was_worked_out() -> None:
    practice = Rehearsal().context()
    other_page = msgspec.structs.replace(practice, patients={"p2": a_patient("p2")})
    assert lookups_for(practice) is lookups_for(other_page)
    changed = msgspec.structs.replace(practice, connection=msgspec.structs.replace(practice.connection, sync_months=1))
    assert lookups_for(changed) is not lookups_for(practice)


def test_many_practices_in_turn_never_get_each_others_answers() -> None:
    clinics = []
    for number in range(80):
        clinic = Rehearsal()
        clinic.settings["practitioners"] = {"d1": a_practitioner("d1", "Imara Osei", staff_id=f"s{number}")}
        clinics.append(clinic.context())
    for _ in range(2):
        for number, practice in enumerate(clinics):
            assert decide(a_booking(), practice, NOW).staff_id == f"s{number}"


def test_a_fix_far_ahead_is_expected_within_a_day_and_a_near_one_within_minutes() -> None:
    practice = Rehearsal().context()
    assert expected_after_fix(a_booking(), practice, NOW) == NOW + timedelta(minutes=15)
    assert expected_after_fix(a_booking(start=at(2026, 12, 30)), practice, NOW) == NOW + timedelta(hours=24)
    paused = msgspec.structs.replace(practice, connection=msgspec.structs.replace(practice.connection, is_paused=True))
    assert expected_after_fix(a_booking(), paused, NOW) is None


@given(st.integers(0, 400))
def test_the_order_never_hides_what_made_the_outcome(days: int) -> None:
    clinic = Rehearsal()
    clinic.patient(email="", phones=("call mother",), coverages=(Coverage(payer_name="typed"),))
    decision = clinic.decide(start=LocalTime(NOW.replace(tzinfo=None), "UTC", NOW + timedelta(days=days, hours=1)))
    assume(decision.findings)
    assert REASONS[decision.findings[0].code].outcome is decision.outcome
