"""Finds e-mail addresses and phones wherever senders put them (hl7v2 reference, section 6, PID)."""

import re
from collections.abc import Iterator

import msgspec

from visitsync.connector_kit.hl7v2.escapes import unescaped
from visitsync.connector_kit.hl7v2.message import NULL, Message, Segment
from visitsync.connector_kit.hl7v2.places import Place
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.domain.email_address import is_usable

_EMAIL_USES = frozenset({"NET", "EMAIL", "E-MAIL"})
_EMAIL_KINDS = frozenset({"INTERNET", "X.400", "NET", "EMAIL"})
_NOT_PHONES = frozenset({"NET", "EMAIL"})
_MOST_PHONES = 6
_WHOLE_NUMBER = re.compile(r"\+?[\d ()./-]{6,24}")
"""A number where some senders write it by mistake: in XTN.4, which is the address's, or XTN.8, the extension's."""
# Whose addresses these are, and where their phones stand.
_RESPONSIBLE = (("NK1", "next of kin", (5, 6, 40)), ("GT1", "guarantor", (6, 7)))


class Contact(msgspec.Struct, frozen=True):
    """What a message says about how to reach a patient."""

    own: str = ""
    """The patient's address; `""` where the sender deletes it; empty where nothing is said."""
    others: tuple[tuple[str, str], ...] = ()
    has_responsible: bool = False


def emails(message: Message, person: Segment, profile: SenderProfile) -> Contact:
    """The first valid address in the sender's order, else the first at all; addresses of others under their slot."""
    found = [address for place in profile.email_places for address in _at(message, person, place)]
    own = next((each for each in found if each != NULL and is_usable(each)), None) if len(found) > 1 else None
    if own is None:
        own = next((each for each in found if each != NULL), NULL if found else "")
    others: list[tuple[str, str]] = []
    reachable = False
    for name, slot, fields in _RESPONSIBLE:
        for segment in message.all(name):
            addresses = [each for field in fields for each in _addresses(segment, field) if each != NULL]
            others += [(slot, each) for each in addresses]
            reachable = reachable or bool(addresses) or any(_phone(segment, field) for field in fields)
    return Contact(own, tuple(dict.fromkeys(others)), reachable)


def phones(person: Segment) -> tuple[str, ...]:
    """Home, mobile and work numbers as written; faxes, pagers and addresses are none."""
    found: list[str] = []
    for field in (13, 14, 40):
        for parts in person.repetitions(field):
            number = _number(parts)
            if number:
                found.append(number)
    return tuple(dict.fromkeys(found))[:_MOST_PHONES]


def _at(message: Message, person: Segment, place: Place) -> Iterator[str]:
    if place.segment == "Z":
        for segment in message.in_order(frozenset(name for name in message.names if name.startswith("Z"))):
            for field in range(1, len(segment.fields)):
                yield from _addresses(segment, field)
        return
    segments = [person] if place.segment == "PID" else message.all(place.segment)
    for segment in segments:
        if place.component:
            text = segment.value(place.field, place.component)
            if text:
                yield text
        else:
            yield from _addresses(segment, place.field)


def _addresses(segment: Segment, field: int) -> Iterator[str]:
    """Addresses among a field's repetitions; `""` where one is deleted."""
    text = segment.raw(field)
    if not text:
        return
    if text == NULL:
        if not segment.name.startswith("Z"):
            yield NULL
        return
    if "@" not in text and segment.delimiters.escape not in text and not _speaks_of_email(text) and NULL not in text:
        return
    for parts in segment.repetitions(field):
        address = _address(parts)
        if segment.delimiters.subcomponent in text and not is_usable(address):
            address = _with_ampersand(text, segment) or address
        if address:
            yield address


def _with_ampersand(text: str, segment: Segment) -> str:
    """An address among the repetitions whose subcomponent separator is its own, not escaped; "" if none is usable."""
    marks = segment.delimiters
    for written in text.split(marks.repetition):
        whole = _address([unescaped(part, marks).strip() for part in written.split(marks.component)])
        if marks.subcomponent in whole and is_usable(whole):
            return whole
    return ""


def _speaks_of_email(text: str) -> bool:
    upper = text.upper()
    return any(word in upper for word in ("NET", "X.400", "EMAIL", "E-MAIL"))


def _address(parts: list[str]) -> str:
    """XTN.4, else XTN.1, else wherever one stands; what is said to be an address, and looks like none, comes last."""
    use, kind = _part(parts, 2).upper(), _part(parts, 3).upper()
    fourth, first = _part(parts, 4), _part(parts, 1)
    if "@" in fourth or fourth == NULL:
        return fourth
    found = next((part for part in parts if "@" in part), "")
    says_so = use in _EMAIL_USES or kind in _EMAIL_KINDS
    return found or ((fourth or first) if says_so else "")


def _phone(segment: Segment, field: int) -> bool:
    return any(_number(parts) for parts in segment.repetitions(field))


def _number(parts: list[str]) -> str:
    use, kind = _part(parts, 2).upper(), _part(parts, 3).upper()
    if use in _NOT_PHONES or kind in ("INTERNET", "X.400", "FX", "FAX", "BP"):
        return ""
    first = _part(parts, 1)
    if first and first != NULL and "@" not in first:
        return first
    area, local = _part(parts, 6), _part(parts, 7)
    if local:
        return f"({area}){local}" if area else local
    return _part(parts, 12) or next((part for part in parts[3:8] if _WHOLE_NUMBER.fullmatch(part)), "")


def _part(parts: list[str], number: int) -> str:
    return parts[number - 1] if number <= len(parts) else ""
