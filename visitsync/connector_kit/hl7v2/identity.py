"""What an appointment and a patient of a message are called with us (hl7v2 reference, sections 4 and 6)."""

from visitsync.connector_kit.hl7v2.message import ABSENT, NULL, Message, Segment
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.resources import resources_of

_RECORD_NUMBERS = (frozenset({"MR", "PI", "PT", "MRN"}), frozenset({""}))
"""Types of PID-3 that number patients, as opposed to accounts, insurances or persons of the state."""
SECURITY_NUMBERS = frozenset({"SS", "SSN", "NNUSA", "SN"})
_FALLBACKS = (2, 4, 18)
LONGEST_ID = 200


def appointment_id(message: Message, profile: SenderProfile) -> str:
    """The appointment that the message is about; "" where it names none."""
    schedule = message.first("SCH")
    filler_first = profile.appointment_key != "placer"
    found = _entity(schedule, 2 if filler_first else 1) or _entity(schedule, 1 if filler_first else 2)
    return _in_namespace(found, message, profile)


def names_appointment(message: Message) -> bool:
    """Whether SCH holds an id at all."""
    schedule = message.first("SCH")
    return _entity(schedule, 2) is not None or _entity(schedule, 1) is not None


def parent_id(message: Message, profile: SenderProfile) -> str:
    """The appointment that SCH-24 or SCH-23 names, "" if none or the same one."""
    schedule = message.first("SCH")
    filler_first = profile.appointment_key != "placer"
    found = _entity(schedule, 24 if filler_first else 23) or _entity(schedule, 23 if filler_first else 24)
    if found is None:
        return ""
    parent = _in_namespace(found, message, profile)
    return "" if parent == appointment_id(message, profile) else parent


def patient_id(person: Segment, message: Message, profile: SenderProfile) -> str:
    """The number of the patient in a PID segment; "" where it has none."""
    return _patient_in_namespace(*_number(person, 3, profile, _FALLBACKS), message, profile)


def merged_patient_id(merge: Segment, message: Message, profile: SenderProfile) -> str:
    """The number in MRG-1 of the chart that is given up."""
    return _patient_in_namespace(*_number(merge, 1, profile, (4,)), message, profile)


def _entity(schedule: Segment, field: int) -> tuple[str, str] | None:
    """Number and namespace of an entity identifier; None where it is not valued."""
    number = schedule.value(field)
    if not number or number == NULL or len(number) > LONGEST_ID:
        return None
    return number, schedule.value(field, 2)


def _in_namespace(entity: tuple[str, str] | None, message: Message, profile: SenderProfile) -> str:
    if entity is None:
        return ""
    number, authority = entity
    header, namespace = message.header, profile.namespace
    if namespace == "none":
        return number
    before: tuple[str, ...] = (header.value(4),)
    if namespace == "application and facility":
        before = (header.value(3), header.value(4))
    elif namespace == "practice and service center":
        before, authority = (header.value(4, 2) or header.value(4), _service_center(message)), ""
    parts = [part for part in before if part]
    if authority and authority not in (NULL, number) and authority not in parts:
        parts.append(authority)
    return "/".join((*parts, number))


def _service_center(message: Message) -> str:
    """Where Intergy numbers appointments per service center: AIL-3.4 or .1, else PV1-3."""
    places = resources_of(message, message.event).named("AIL")
    place, visit = next(places, ABSENT), message.first("PV1")
    return place.value(3, 1) or place.value(3, 4) or visit.value(3, 1) or visit.value(3, 4)


def _number(segment: Segment, field: int, profile: SenderProfile, others: tuple[int, ...]) -> tuple[str, str]:
    """The number that names the patient, and who assigned it."""
    text = segment.raw(field)
    if text and segment.delimiters.repetition not in text and not profile.patient_authority:
        number = segment.value(field)
        if number and number != NULL:
            return number, segment.value(field, 4)
    best = _best(segment.repetitions(field), profile.patient_authority)
    if best is None:
        found = (segment.repetitions(each) for each in others)
        best = next((each for each in (_best(some, profile.patient_authority) for some in found) if each), None)
    return (best[0], best[3] if len(best) > 3 else "") if best else ("", "")


def _best(candidates: list[list[str]], authority: str) -> list[str] | None:
    usable = [each for each in candidates if each[0] not in ("", NULL) and _type(each) not in SECURITY_NUMBERS]
    if authority:
        of_authority = [each for each in usable if len(each) > 3 and each[3].casefold() == authority.casefold()]
        usable = of_authority or usable
    for kinds in _RECORD_NUMBERS:
        for each in usable:
            if _type(each) in kinds:
                return each
    return usable[0] if usable else None


def _type(identifier: list[str]) -> str:
    return identifier[4].upper() if len(identifier) > 4 else ""


def _patient_in_namespace(number: str, authority: str, message: Message, profile: SenderProfile) -> str:
    if not number or len(number) > LONGEST_ID:
        return ""
    if profile.patient_namespace == "authority" and authority:
        return f"{authority}/{number}"
    if profile.patient_namespace == "practice":
        practice = message.header.value(4, 2) or message.header.value(4)
        return f"{practice}/{number}" if practice else number
    return number
