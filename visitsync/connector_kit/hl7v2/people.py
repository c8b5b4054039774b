"""What a message says about a patient (PID, NK1, GT1, IN1), and how that changes what is known (sections 2 and 6)."""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from visitsync.connector_kit.hl7v2.contact import emails, phones
from visitsync.connector_kit.hl7v2.delimiters import Delimiters
from visitsync.connector_kit.hl7v2.escapes import unescaped
from visitsync.connector_kit.hl7v2.insurance import coverages_of, is_self_pay
from visitsync.connector_kit.hl7v2.message import NULL, Message, Segment
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.stamps import read_stamp
from visitsync.domain.patient import Address, Patient, PatientStatus

_BAD_ADDRESSES = frozenset({"B", "BA", "BR", "O"})
_YES = frozenset({"Y", "YES", "1", "T", "TRUE"})
_NOT_TOLD = frozenset({PatientStatus.INACTIVE, PatientStatus.RESTRICTED})
REMOVALS = frozenset({"A29"})
REOPENINGS = frozenset({"A04", "A28"})


def after_update(
    identity: str,
    person: Segment,
    message: Message,
    profile: SenderProfile,
    known: Patient | None,
    sent: datetime | None,
) -> Patient:
    """The patient after the message: what is empty stays, `""` deletes; an older message only fills gaps."""
    before = known or Patient(id=identity, coverages=None)
    if known is not None and known.changed_at is not None and sent is not None and sent < known.changed_at:
        told = _folded(Patient(id=identity, coverages=None), person, message, profile)
        return _gaps_filled(known, told)
    told = _folded(before, person, message, profile)
    return msgspec.structs.replace(told, changed_at=sent or before.changed_at)


def after_merge(identity: str, survivor: str, known: Patient | None, sent: datetime | None) -> Patient:
    """The chart that was given up; whatever order messages came in, it stays merged."""
    before = known or Patient(id=identity, coverages=None)
    changed = max((at for at in (sent, before.changed_at) if at is not None), default=None)
    return msgspec.structs.replace(before, status=PatientStatus.MERGED, merged_into_id=survivor, changed_at=changed)


def _folded(before: Patient, person: Segment, message: Message, profile: SenderProfile) -> Patient:
    """What is told over what was known before, `changed_at` apart."""
    fold = _Fold(profile.empty_means == "deleted")
    name = _name(person)
    born = person.value(7)
    contact = emails(message, person, profile)
    told_coverages = coverages_of(message, profile)
    birth_date, birth_text = _birth_date(born) if born not in ("", NULL) else (None, "")
    keeps_birth = not born and not fold.empty_deletes
    status, merged_into = _status(before, person, message)
    return Patient(
        id=before.id,
        first_name=fold.text(name[1], before.first_name),
        last_name=fold.text(name[0], before.last_name),
        date_of_birth=before.date_of_birth if keeps_birth else birth_date,
        date_of_birth_text=before.date_of_birth_text if keeps_birth else birth_text,
        email=fold.text(contact.own, before.email),
        other_emails=contact.others or before.other_emails,
        phones=phones(person) or (() if fold.empty_deletes else before.phones),
        address=_address_after(before.address, person, empty_deletes=fold.empty_deletes),
        coverages=before.coverages if told_coverages is None else told_coverages,
        is_self_pay=is_self_pay(message, profile) if told_coverages is not None else before.is_self_pay,
        has_responsible_contact=contact.has_responsible or before.has_responsible_contact,
        status=status,
        merged_into_id=merged_into,
        is_marked_as_test=before.is_marked_as_test,
    )


class _Fold(msgspec.Struct, frozen=True):
    """How this sender means an empty field."""

    empty_deletes: bool

    def text(self, told: str, before: str) -> str:
        if told == NULL:
            return ""
        return told or ("" if self.empty_deletes else before)


def _name(person: Segment) -> tuple[str, str]:
    """Family and given name: the legal one, else the first."""
    text = person.raw(5)
    if person.delimiters.repetition not in text:
        parts = person.components(5)
    else:
        names = person.repetitions(5)
        parts = next((each for each in names if len(each) > 6 and each[6].upper() == "L"), names[0])
    if parts[:1] == [NULL]:
        return NULL, NULL
    return (parts[0] if parts else "", parts[1] if len(parts) > 1 else "")


def _birth_date(text: str) -> tuple[date | None, str]:
    """A date, or the text where it is only a year, or nothing that can be read."""
    try:
        stamp = read_stamp(text)
    except ValueError:
        return None, text
    return (stamp.wall.date(), "") if stamp.has_day else (None, text)


def _address_after(before: Address, person: Segment, *, empty_deletes: bool) -> Address:
    text = person.raw(11)
    if not text:
        return Address() if empty_deletes else before
    if text == NULL:
        return Address()
    found = [
        each for each in _addresses(person, text) if any(part and part != NULL for part in (*each[:5], *each[7:8]))
    ]
    if not found:
        return before
    usable = [each for each in found if _part(each, 7).upper() not in _BAD_ADDRESSES] or found
    home = next((each for each in usable if _part(each, 7).upper() == "H"), usable[0])
    lines = (_part(home, 1), _part(home, 2)) if any(_part(home, number) for number in (1, 2, 3)) else (_part(home, 8),)
    return Address(
        line=", ".join(line for line in lines if line),
        city=_part(home, 3),
        state=_part(home, 4),
        postal_code=_part(home, 5),
    )


def _addresses(person: Segment, text: str) -> list[list[str]]:
    """The components of every address; the street is one text also where its name and number stand apart."""
    addresses, marks = person.repetitions(11), person.delimiters
    if marks.subcomponent not in text:
        return addresses
    written = [each.partition(marks.component)[0] for each in text.split(marks.repetition)]
    return [[_street(street, marks), *each[1:]] for street, each in zip(written, addresses, strict=True)]


def _street(written: str, marks: Delimiters) -> str:
    """SAD-1, which holds the whole street, or what stands there with name and number of SAD-2 and 3."""
    parts = [unescaped(part, marks).strip() for part in written.split(marks.subcomponent)]
    name = parts[1].casefold() if len(parts) > 1 else ""
    return parts[0] if parts[0] and name in parts[0].casefold() else " ".join(part for part in parts[:3] if part)


def _part(address: list[str], number: int) -> str:
    text = address[number - 1] if number <= len(address) else ""
    return "" if text == NULL else text


def _status(before: Patient, person: Segment, message: Message) -> tuple[PatientStatus, str | None]:
    """Deceased by PID-29 or 30; a merged chart comes back only by being registered anew."""
    event = message.event
    if event in REMOVALS:
        return PatientStatus.GONE, None
    if before.status is PatientStatus.MERGED and event not in REOPENINGS:
        return before.status, before.merged_into_id
    died, is_dead = person.value(29), person.value(30).upper()
    if is_dead in _YES or (died not in ("", NULL) and is_dead in ("", NULL)):
        return PatientStatus.DECEASED, None
    if before.status is PatientStatus.DECEASED and not is_dead and died != NULL:
        return before.status, None
    # No message says that a chart is inactive or withheld; whoever said so is not contradicted by silence.
    return (before.status if before.status in _NOT_TOLD else PatientStatus.ACTIVE), None


def _gaps_filled(known: Patient, told: Patient) -> Patient:
    changes = dict(_gaps(known, told))
    return msgspec.structs.replace(known, **changes) if changes else known


def _gaps(known: Patient, told: Patient) -> Iterator[tuple[str, object]]:
    for name in ("first_name", "last_name", "email", "phones", "other_emails"):
        if not getattr(known, name) and getattr(told, name):
            yield name, getattr(told, name)
    if known.date_of_birth is None and not known.date_of_birth_text:
        yield "date_of_birth", told.date_of_birth
        yield "date_of_birth_text", told.date_of_birth_text
    if known.address == Address() and told.address != Address():
        yield "address", told.address
    if known.coverages is None and told.coverages is not None:
        yield "coverages", told.coverages
        yield "is_self_pay", told.is_self_pay
