"""B. What can be wrong with who the patient is and how to reach them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios.scenario import Scenario
from visitsync.simulator_kit.staging import a_booking, a_patient, the_location, the_practitioner


def _for_patient(summary: str, *, code: str, repair: dict[str, Any] | None = None, **chart: Any) -> Scenario:
    """A chart with something wrong in it, and the correction of the chart."""

    def fix(clinic: Clinic, appointment_id: int) -> None:
        correction = {"email": _a_fresh_address(clinic)} if repair is None else repair
        clinic.change_patient(_patient_of(clinic, appointment_id), **correction)

    return Scenario(
        code=code,
        summary=summary,
        provoke=lambda clinic: a_booking(clinic, patient=a_patient(clinic, **chart)).id,
        fix=fix,
    )


def _patient_of(clinic: Clinic, appointment_id: int) -> int:
    patient_id = clinic.appointments[appointment_id].patient_id
    if patient_id is None:
        raise ValueError(f"appointment {appointment_id} is for nobody")
    return patient_id


def _a_fresh_address(clinic: Clinic) -> str:
    return f"corrected.{len(clinic.history)}@example.net"


def _correct_address(clinic: Clinic, appointment_id: int) -> None:
    clinic.change_patient(_patient_of(clinic, appointment_id), email=_a_fresh_address(clinic))


def _with_a_staff_address(clinic: Clinic) -> int:
    user = next((user for user in clinic.staff if user.email), None)
    user = user or clinic.add_staff("Bertrand", "Quill", email="bertrand.quill@example.org")
    return a_booking(clinic, patient=a_patient(clinic, email=user.email.upper())).id


def _with_a_shared_mailbox(clinic: Clinic) -> int:
    parent = a_patient(clinic, first_name="Solveig", birth_date=date(1979, 3, 2))
    sibling = a_patient(clinic, last_name=parent.last_name, first_name="Casimir", email=parent.email)
    return a_booking(clinic, patient=sibling).id


def _with_two_charts(clinic: Clinic) -> int:
    first = a_patient(clinic, first_name="Perpetua", email="perpetua.lund@example.net", last_name="Lund")
    copied = {"email", "birth_date", "mobile_phone", "first_name", "last_name", "address", "city"}
    second = a_patient(clinic, **{name: value for name, value in asdict(first).items() if name in copied})
    return a_booking(clinic, patient=second).id


def _merge_the_charts(clinic: Clinic, appointment_id: int) -> None:
    gone = clinic.patients[_patient_of(clinic, appointment_id)]
    kept = next(
        p for p in clinic.patients if p.id != gone.id and (p.email, p.last_name) == (gone.email, gone.last_name)
    )
    clinic.merge_patients(kept=kept.id, gone=gone.id)


def _on_a_merged_chart(clinic: Clinic) -> int:
    kept, gone = a_patient(clinic), a_patient(clinic)
    appointment = a_booking(clinic, patient=gone)
    clinic.merge_patients(kept=kept.id, gone=gone.id, move_appointments=False)
    return appointment.id


def _follow_the_merge(clinic: Clinic, appointment_id: int) -> None:
    gone = clinic.patients[_patient_of(clinic, appointment_id)]
    clinic.change_appointment(appointment_id, patient_id=gone.merged_into)


def _a_block(clinic: Clinic) -> int:
    start = a_booking(clinic).start
    return clinic.block(
        practitioner_id=the_practitioner(clinic).id,
        location_id=the_location(clinic).id,
        start=start.replace(hour=12),
        minutes=60,
        why="Lunch",
    ).id


_A_CHILD = date(2019, 8, 23)

CONTACT = {
    "B1": _for_patient("No e-mail on the chart", code="B1", email=""),
    "B1-placeholder": _for_patient("none@ instead of an e-mail", code="B1", email="none@none.com"),
    "B2": _for_patient("Two addresses in one field", code="B2", email="a.varga@example.net, b.varga@example.net"),
    "B2-syntax": _for_patient("No @ in the e-mail", code="B2", email="ottoline.varga.example.net"),
    "B2-space": _for_patient("A space inside the e-mail", code="B2", email="ottoline varga@example.net"),
    "B2-typo": _for_patient("A mail provider's name is mistyped", code="B2", email="ottoline.varga@gmial.com"),
    "B3": Scenario(
        code="B3",
        summary="The e-mail belongs to somebody of the staff",
        provoke=_with_a_staff_address,
        fix=_correct_address,
    ),
    "B4": Scenario(
        code="B4",
        summary="Two members of a family share one mailbox",
        provoke=_with_a_shared_mailbox,
        fix=_correct_address,
    ),
    "B5": Scenario(
        code="B5",
        summary="The same person has two charts",
        provoke=_with_two_charts,
        fix=_merge_the_charts,
    ),
    "B6": Scenario(
        code="B6",
        summary="The chart was merged into another, the appointment stayed",
        provoke=_on_a_merged_chart,
        fix=_follow_the_merge,
    ),
    "B9": _for_patient(
        "A child without a responsible adult",
        code="B9",
        birth_date=_A_CHILD,
        repair={"guardian_name": "Ansel Varga", "guardian_email": "ansel.varga@example.net"},
    ),
    "B10": _for_patient(
        "The e-mail stands in another field", code="B10", email="", guardian_email="ansel.v@example.net"
    ),
    "B10-work": _for_patient("The e-mail stands under work", code="B10", email="", work_email="o.varga@example.net"),
    "B11": _for_patient("The chart is inactive", code="B11", status="inactive", repair={"status": "active"}),
    "B11-deceased": _for_patient(
        "The patient is marked as deceased", code="B11", status="deceased", repair={"status": "active"}
    ),
    "B12": _for_patient(
        "A test patient",
        code="B12",
        first_name="Test",
        last_name="Patient",
        repair={"first_name": "Ottoline", "last_name": "Varga"},
    ),
    "B13": Scenario(code="B13", summary="A block, no patient", provoke=_a_block, fixed_by="nothing to fix"),
}
