"""Whole clinics: the same seed gives the same clinic, and a real one's oddities are all in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import a_busy_clinic, churn

NOW = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return a_busy_clinic(7, NOW)


def test_the_same_seed_builds_the_same_clinic(clinic: Clinic) -> None:
    again, other = a_busy_clinic(7, NOW), a_busy_clinic(8, NOW)
    assert [asdict(a) for a in again.appointments] == [asdict(a) for a in clinic.appointments]
    assert [asdict(p) for p in again.patients] == [asdict(p) for p in clinic.patients]
    assert [asdict(p) for p in other.patients] != [asdict(p) for p in clinic.patients]


def test_it_reaches_from_last_week_to_four_months_ahead(clinic: Clinic) -> None:
    starts = sorted(clinic.instant_of(a) for a in clinic.appointments)
    assert 290 <= len(starts) <= 360
    assert starts[0] < NOW - timedelta(days=4)
    assert starts[-1] > NOW + timedelta(days=115)


def test_everything_odd_is_in_it(clinic: Clinic) -> None:
    appointments, patients = list(clinic.appointments), list(clinic.patients)
    mailboxes = Counter(patient.email for patient in patients if patient.email)
    staff = {user.email for user in clinic.staff}
    held = {
        "zones": len({location.zone for location in clinic.locations}) >= 4,
        "blocks": any(a.is_block and a.patient_id is None for a in appointments),
        "archived": any(a.is_archived for a in appointments),
        "deleted for good": any(happening.what == "deleted" for happening in clinic.history),
        "cancelled": any(a.status == "cancelled" for a in appointments),
        "custom status": any(a.status == "Phoned-OK" for a in appointments),
        "rebooked": any(a.moved_from for a in appointments),
        "series": any(not a.is_materialised for a in appointments),
        "group": any(a.other_patient_ids for a in appointments),
        "no type": any(a.type_id is None and not a.is_block for a in appointments),
        "near miss": any(a.reason == "Telemedicne Visit" for a in appointments),
        "shared mailbox": mailboxes.most_common(1)[0][1] > 1,
        "staff as patients": any(patient.email.lower() in staff for patient in patients),
        "no e-mail": any(not patient.email for patient in patients),
        "not Latin": any(not patient.last_name.isascii() for patient in patients),
        "very long": any(len(patient.last_name) > 150 for patient in patients),
        "children": any(patient.birth_date and patient.birth_date > date(2010, 1, 1) for patient in patients),
        "suspended": any(not p.is_enabled for p in clinic.practitioners),
        "desk": any(not p.is_provider for p in clinic.practitioners),
    }
    assert [name for name, is_there in held.items() if not is_there] == []


def test_every_reference_leads_somewhere(clinic: Clinic) -> None:
    for appointment in clinic.appointments:
        assert appointment.practitioner_id in clinic.practitioners
        assert appointment.location_id in clinic.locations
        assert appointment.type_id is None or appointment.type_id in clinic.types
        assert appointment.patient_id is None or appointment.patient_id in clinic.patients


def test_nothing_was_made_after_now(clinic: Clinic) -> None:
    for record in (*clinic.appointments, *clinic.patients):
        assert record.created_at <= record.changed_at <= NOW


def test_a_large_clinic_has_room_for_everybody() -> None:
    large = a_busy_clinic(1, NOW, appointments=5_000, patients=1_200)
    assert len(large.patients) == 1_200
    taken = Counter((a.practitioner_id, a.start) for a in large.appointments if not a.is_block)
    assert taken.most_common(1)[0][1] <= 3  # only what was moved or repeats may overlap


def test_a_busy_morning_changes_that_share_and_stamps_it() -> None:
    clinic = a_busy_clinic(7, NOW)
    before = {appointment.id: appointment for appointment in clinic.appointments}
    changed = churn(clinic, seed=1, share=0.1)
    assert 20 <= len(changed) <= 40
    assert {a.id for a in clinic.appointments if a != before[a.id]} == set(changed)
    assert churn(a_busy_clinic(7, NOW), seed=1, share=0.1) == changed
