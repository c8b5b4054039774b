"""Which insurance policies of a patient are in force, and who pays (fhir reference, section 3)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from visitsync.connector_kit.fhir.picking import is_over, listed, one_or_several, rank_of
from visitsync.connector_kit.fhir.references import target_of
from visitsync.connector_kit.fhir.shapes import IDENTIFIERS, Concept, Contained, CoverageShape, Reference, WhoseShape
from visitsync.domain.patient import Coverage

IN_FORCE = frozenset({"active", ""})
"""DSTU2 has no status at all."""
SELF_PAY = frozenset({"pay", "selfpay", "self-pay", "self_pay"})
"""Codes of Coverage.type (coverage-selfpay) and R5's kind."""
PERSONS = frozenset({"Patient", "RelatedPerson"})


class Covered(NamedTuple):
    """What a patient's Coverage resources say together."""

    policies: tuple[Coverage, ...]
    is_self_pay: bool


def covered(found: Iterable[CoverageShape], payers: Mapping[str, str], as_of: date | None) -> Covered:
    """The policies in force on that day, primary first. `payers`: names of organizations by id, where they were read.

    A person as payer means that the patient pays: that is no policy.
    """
    living = [one for one in found if (one.status or "").lower() in IN_FORCE and not is_over(one.period, as_of)]
    living.sort(key=lambda one: (rank_of(one.order), (one.period.start if one.period else None) or ""))
    own = [one for one in living if _is_self_pay(one)]
    return Covered(tuple(_policy(one, payers) for one in living if one not in own), bool(own))


def beneficiary_of(one: WhoseShape) -> str:
    """The id of the patient who is covered; "" where it does not say."""
    for reference in (one.beneficiary, one.subscriber):
        if reference is not None and (target := target_of(reference)).type in ("Patient", ""):
            return target.id
    return ""


def _is_self_pay(one: CoverageShape) -> bool:
    if (one.kind or "").lower() in SELF_PAY or not SELF_PAY.isdisjoint(_codes(one.type)):
        return True
    payers = _payers(one)
    return bool(payers) and all(target_of(payer).type in PERSONS for payer in payers)


def _payers(one: CoverageShape) -> list[Reference]:
    return [*one_or_several(one.payor), *(each for each in (one.insurer, one.issuer) if each is not None)]


def _codes(concept: Concept | None) -> set[str]:
    return set() if concept is None else {(coding.code or "").lower() for coding in listed(concept.coding)}


def _policy(one: CoverageShape, payers: Mapping[str, str]) -> Coverage:
    name, identity = "", ""
    for payer in _payers(one):
        name, identity = _payer(payer, listed(one.contained), payers)
        if name or identity:
            break
    plan = one.type.text if one.type is not None and one.type.text else ""
    return Coverage(payer_name=name or plan, payer_id=identity, member_id=_member_id(one))


def _payer(payer: Reference, contained: list[Contained], payers: Mapping[str, str]) -> tuple[str, str]:
    """Name and id. Who is only named, was typed in and not chosen from the EMR's list."""
    target = target_of(payer)
    number = (payer.identifier.value if payer.identifier else None) or ""
    if target.is_contained:
        inside = next((one for one in contained if (one.id or "").lstrip("#") == target.id), None)
        return payer.display or _text_of(inside), number or _number_of(inside)
    return payer.display or payers.get(target.id, ""), target.id or number


def _text_of(inside: Contained | None) -> str:
    if inside is None or inside.name is msgspec.UNSET:
        return ""
    name = msgspec.json.decode(inside.name)
    return name if isinstance(name, str) else ""


def _number_of(inside: Contained | None) -> str:
    if inside is None or inside.identifier is msgspec.UNSET:
        return ""
    try:
        numbers = one_or_several(IDENTIFIERS.decode(inside.identifier))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return next((number.value for number in numbers if number.value), "")


def _member_id(one: CoverageShape) -> str:
    """The number on the card: R4's text, R5's identifiers, else any identifier of the policy."""
    if isinstance(one.subscriber_id, str) and one.subscriber_id:
        return one.subscriber_id
    numbers = [] if isinstance(one.subscriber_id, str) else one_or_several(one.subscriber_id)
    values = (number.value for number in (*numbers, *one_or_several(one.identifier)))
    return next((value for value in values if value), "")
