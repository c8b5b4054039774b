"""Writes what a chart holds: PID, PD1, NK1, GT1, IN1, and Z segments of senders that put the e-mail there."""

from __future__ import annotations

from visitsync.simulator_kit.hl7v2.writing import NULL, Pen
from visitsync.simulator_kit.records import Patient

MOST_INSURANCE_FIELDS = 36


def person_segments(pen: Pen, patient: Patient, number: tuple[str, ...], *, changed: bool, whole: bool) -> list[str]:
    """PID and what belongs to it. `changed`: values may have been taken away, which is told as this sender does."""
    if not whole:
        return [pen.segment("PID", {1: "1", 3: pen.parts(*number), 5: _name(pen, patient, changed=changed)})]
    fields = {
        1: "1",
        3: pen.parts(*number),
        5: _name(pen, patient, changed=changed),
        7: f"{patient.birth_date:%Y%m%d}" if patient.birth_date else _taken(pen, changed=changed),
        8: patient.sex,
        11: _address(pen, patient, changed=changed),
        13: _contact(pen, patient, changed=changed),
        14: _work(pen, patient, changed=changed),
        30: "Y" if patient.status == "deceased" else "N",
    }
    if pen.habits["email_place"] == "PID-40":
        fields[40] = _typed(pen, patient.email, changed=changed)
    segments = [pen.segment("PID", fields)]
    if patient.guardian_name or patient.guardian_email or patient.guardian_phone:
        segments.append(_guardian(pen, patient))
    if pen.habits["email_place"] == "ZPD":
        segments.append(pen.segment("ZPD", {2: _typed(pen, patient.email, changed=changed)}))
    return segments


def insurance_segments(pen: Pen, patient: Patient) -> list[str]:
    """IN1, one policy; of somebody without any as this sender tells it."""
    policy = patient.coverage
    if patient.is_self_pay:
        return [pen.segment("IN1", {1: "1", 4: "Self Pay"})]
    if policy is None:
        return [pen.segment("IN1", {1: "1", 2: NULL})] if pen.habits["uninsured"] == "null" else []
    fields = {
        1: "1",
        3: pen.text(policy.payer_id),
        4: pen.text(policy.company),
        8: pen.text(policy.group_number),
        17: "SEL",
        MOST_INSURANCE_FIELDS: pen.text(policy.member_id),
    }
    return [pen.segment("IN1", fields)]


def _taken(pen: Pen, *, changed: bool) -> str:
    return NULL if changed and pen.habits["emptied"] == "null" else ""


def _name(pen: Pen, patient: Patient, *, changed: bool) -> str:
    empty = _taken(pen, changed=changed)
    return pen.parts(patient.last_name or empty, patient.first_name or empty, patient.middle_name)


def _address(pen: Pen, patient: Patient, *, changed: bool) -> str:
    if not any((patient.address, patient.city, patient.state, patient.postal_code)):
        return _taken(pen, changed=changed)
    place = (patient.address, patient.address_2, patient.city, patient.state, patient.postal_code, "US", "H")
    return pen.parts(*place)


def _contact(pen: Pen, patient: Patient, *, changed: bool) -> str:
    place, phone = pen.habits["email_place"], patient.mobile_phone or patient.home_phone
    plain = pen.parts(phone, "PRN", "CP") if phone else ""
    if place == "PID-13 typed":
        return pen.repeated(plain, _typed(pen, patient.email, changed=changed))
    if place == "PID-13.4 of the phone":
        return pen.parts(phone, "PRN", "CP", patient.email or _taken(pen, changed=changed))
    if place == "PID-13.1":
        email = patient.email or _taken(pen, changed=changed)
        return pen.repeated(plain, pen.parts(email, "NET", "Internet") if email else "")
    return plain


def _typed(pen: Pen, email: str, *, changed: bool) -> str:
    email = email or _taken(pen, changed=changed)
    return pen.parts("", "NET", "Internet", email) if email else ""


def _work(pen: Pen, patient: Patient, *, changed: bool) -> str:
    phone = pen.parts(patient.work_phone, "WPN", "PH") if patient.work_phone else ""
    if pen.habits["email_place"] == "PID-14":
        return pen.repeated(phone, _typed(pen, patient.email, changed=changed))
    return pen.repeated(phone, _typed(pen, patient.work_email, changed=False))


def _guardian(pen: Pen, patient: Patient) -> str:
    given, _, family = patient.guardian_name.rpartition(" ")
    phone = pen.parts(patient.guardian_phone, "PRN", "PH") if patient.guardian_phone else ""
    email = pen.parts("", "NET", "Internet", patient.guardian_email) if patient.guardian_email else ""
    return pen.segment(
        "NK1", {1: "1", 2: pen.parts(family, given), 3: pen.parts("PAR", "Parent"), 5: pen.repeated(phone, email)}
    )
