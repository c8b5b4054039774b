"""What else messages may call an appointment: by its other number, or without the place that makes it unique."""

from visitsync.connector_kit.hl7v2.identity import Identities, entity, numbered, practice_of
from visitsync.connector_kit.hl7v2.message import Message
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.pages import OtherNames


def names_of_appointment(message: Message, profile: SenderProfile, named: Identities) -> OtherNames | None:
    """Of the appointment that a message is about (hl7v2 reference, section 6: both numbers, looked up by either)."""
    if profile.namespace == "practice and service center":
        return _with_or_without_center(message, named)
    schedule = message.first("SCH")
    if schedule.raw(1) == schedule.raw(2):
        return None
    first, second = entity(schedule, 2), entity(schedule, 1)
    if profile.appointment_key == "placer":
        first, second = second, first
    if second is None or first == second:
        return None
    number, patient = numbered(second, message, profile), _patient(named)
    both, alone = f"second {number}", f"second alone {number}"
    if first is None:
        return OtherNames(is_called=(alone,), looked_for=(both,), patient_id=patient)
    return OtherNames(is_called=(both,), looked_for=(alone,), patient_id=patient)


def names_of_parent(message: Message, profile: SenderProfile, named: Identities) -> OtherNames | None:
    """Of the appointment that SCH-24 or SCH-23 names: it may have been elsewhere, and only its number is sure."""
    patient = _patient(named)
    if profile.namespace == "practice and service center":
        short = f"short {_without_center(named.parent, message)}"
        return OtherNames(looked_for=(short,), patient_id=patient)
    placer, filler = (24, 23) if profile.appointment_key == "placer" else (23, 24)
    schedule = message.first("SCH")
    above = entity(schedule, placer) if entity(schedule, filler) is None else None
    if above is None:
        return None
    return OtherNames(looked_for=(f"second {numbered(above, message, profile)}",), patient_id=patient)


def _with_or_without_center(message: Message, named: Identities) -> OtherNames:
    """Intergy's numbers are unique per practice and service center, and not every message names the center."""
    short = _without_center(named.appointment, message)
    whole, alone = f"short {short}", f"short alone {short}"
    if named.appointment == short:
        return OtherNames(is_called=(whole, alone), looked_for=(whole,), patient_id=_patient(named))
    return OtherNames(is_called=(whole,), looked_for=(alone,), patient_id=_patient(named))


def _without_center(identity: str, message: Message) -> str:
    practice = practice_of(message)
    number = identity.rsplit("/", 1)[-1]
    return f"{practice}/{number}" if practice else number


def _patient(named: Identities) -> str:
    return named.patients[0] if named.patients else ""
