"""What an appointment and a patient of a message are called with us (hl7v2 reference, sections 4 and 6)."""

from functools import lru_cache

import msgspec

from visitsync.connector_kit.hl7v2.delimiters import Delimiters
from visitsync.connector_kit.hl7v2.layout import is_time
from visitsync.connector_kit.hl7v2.message import NULL, Message, Segment
from visitsync.connector_kit.hl7v2.naming import naming_of
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.statuses import is_status_word

_RECORD_NUMBERS = (frozenset({"MR", "PI", "PT", "MRN"}), frozenset({""}))
"""Types of PID-3 that number patients, as opposed to accounts, insurances or persons of the state."""
SECURITY_NUMBERS = frozenset({"SS", "SSN", "NNUSA", "SN"})
_FALLBACKS = (2, 4, 18)
LONGEST_ID = 200


class Identities(msgspec.Struct, frozen=True):
    """Who and what one message is about."""

    profile: SenderProfile
    appointment: str
    """"" where it names none."""
    parent: str
    """The appointment that SCH-24 or SCH-23 names, "" if none or the same one."""
    patients: tuple[str, ...]
    """For each PID its number, "" where it has none."""
    merged: tuple[str, ...]
    """For each MRG the number of the chart that is given up."""


def identities_of(message: Message, profile: SenderProfile) -> Identities:
    """Worked out once for each message and profile."""
    noted: Identities | None = message.noted.get(Identities)
    if noted is None or noted.profile is not profile:
        noted = message.noted[Identities] = _identities(message, profile)
    return noted


def _identities(message: Message, profile: SenderProfile) -> Identities:
    appointment = parent = ""
    has_merges = "MRG" in message.names
    schedule = message.first("SCH")
    if schedule:
        fields = (2, 1, 24, 23) if profile.appointment_key != "placer" else (1, 2, 23, 24)
        found = entity(schedule, fields[0]) or entity(schedule, fields[1])
        if found is not None:
            appointment = numbered(found, message, profile)
        above = _parent(schedule, fields[2:]) if len(schedule.fields) > 23 else None
        if above is not None:
            parent = numbered(above, message, profile)
    return Identities(
        profile,
        appointment,
        "" if parent == appointment else parent,
        tuple([_patient_id(person, message, profile) for person in message.all("PID")]),
        tuple([_merged_id(merge, message, profile) for merge in message.all("MRG")]) if has_merges else (),
    )


def _patient_id(person: Segment, message: Message, profile: SenderProfile) -> str:
    """The number of the patient in a PID segment; "" where it has none."""
    return _patient_in_namespace(*_number(person, 3, profile, _FALLBACKS), message, profile)


def _merged_id(merge: Segment, message: Message, profile: SenderProfile) -> str:
    """The number in MRG-1 of the chart that is given up."""
    return _patient_in_namespace(*_number(merge, 1, profile, (4,)), message, profile)


def _parent(schedule: Segment, fields: tuple[int, ...]) -> tuple[str, str] | None:
    """The first of these fields that names an appointment: states, times and people were met there too."""
    for field in fields:
        found = entity(schedule, field)
        if found is None:
            continue
        is_person = schedule.value(field, 3).isalpha()
        if not (is_person or is_time(found[0]) or is_status_word(found[0])):
            return found
    return None


def entity(schedule: Segment, field: int) -> tuple[str, str] | None:
    """Number and namespace of an entity identifier; None where it is not valued."""
    fields = schedule.fields
    if field >= len(fields) or not fields[field]:
        return None
    number, authority = schedule.two_values(field, 1, 2)
    if not number or number == NULL or len(number) > LONGEST_ID:
        return None
    return number, authority


def numbered(entity: tuple[str, str], message: Message, profile: SenderProfile) -> str:
    """A number of SCH with what makes it unique among all that is sent to one connection."""
    number, authority = entity
    header = message.header
    if profile.namespace == "practice and service center":
        center, visit = naming_of(message, profile).center, message.first("PV1")
        return _before_in_center(header.raw(4), center, visit.raw(3), message.delimiters) + number
    if authority in (NULL, number):
        authority = ""
    return _before(profile.namespace, header.raw(3), header.raw(4), authority, message.delimiters) + number


def practice_of(message: Message) -> str:
    """The practice's number in MSH-4.2, else MSH-4.1."""
    return _practice(message.header.raw(4), message.delimiters)


@lru_cache(maxsize=4_096)
def _before(namespace: str, sender: str, place: str, authority: str, marks: Delimiters) -> str:
    """What makes a number unique among all systems that send to one connection: from MSH-3 and MSH-4 as they stand."""
    if namespace == "none":
        return ""
    header = Segment("", ["", sender, place], marks)
    application, facility = header.value(1), header.value(2)
    parts = [part for part in (application if "application" in namespace else "", facility) if part]
    if authority and authority not in parts:
        parts.append(authority)
    return "".join(f"{part}/" for part in parts)


@lru_cache(maxsize=4_096)
def _before_in_center(facility: str, place: str, visit: str, marks: Delimiters) -> str:
    """Intergy numbers appointments per practice and service center: MSH-4, and AIL-3.1 or .4, else PV1-3."""
    there, then = Segment("", ["", place], marks), Segment("", ["", visit], marks)
    center = there.value(1) or there.value(1, 4) or then.value(1) or then.value(1, 4)
    return "".join(f"{part}/" for part in (_practice(facility, marks), center) if part)


@lru_cache(maxsize=4_096)
def _practice(facility: str, marks: Delimiters) -> str:
    header = Segment("", ["", facility], marks)
    return header.value(1, 2) or header.value(1)


def _number(segment: Segment, field: int, profile: SenderProfile, others: tuple[int, ...]) -> tuple[str, str]:
    """The number that names the patient, and who assigned it."""
    text = segment.raw(field)
    if text and segment.delimiters.repetition not in text and not profile.patient_authority:
        number, authority = segment.two_values(field, 1, 4)
        is_security = "S" in text.upper() and segment.value(field, 5).upper() in SECURITY_NUMBERS
        if number and number != NULL and not is_security:
            return number, authority
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
        practice = _practice(message.header.raw(4), message.delimiters)
        return f"{practice}/{number}" if practice else number
    return number
