"""Reads insurance from IN1 segments (hl7v2 reference, section 6, Insurance). No IN1 says nothing."""

from visitsync.connector_kit.hl7v2.message import NULL, Message, Segment
from visitsync.connector_kit.hl7v2.places import Place
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.domain.patient import Coverage

_LISTING = frozenset({"A01", "A04", "A05", "A08", "A28", "A31"})
"""Events whose message lists the insurance, where the sender lists it at all."""


def coverages_of(message: Message, profile: SenderProfile) -> tuple[Coverage, ...] | None:
    """The policies in their order; () where the sender says that there are none; None where it says nothing."""
    segments = message.all("IN1")
    if not segments:
        says_none = profile.no_insurance_means == "none" and message.type == "ADT" and message.event in _LISTING
        return () if says_none else None
    found = [_coverage(each, profile) for each in segments if not _is_self_pay(each, profile)]
    return tuple(each for each in found if each != Coverage())


def is_self_pay(message: Message, profile: SenderProfile) -> bool:
    """Whether a policy is that there is none: the patient pays."""
    return any(_is_self_pay(each, profile) for each in message.all("IN1"))


def _coverage(policy: Segment, profile: SenderProfile) -> Coverage:
    return Coverage(
        payer_name=_text(policy, 4, 1) or _text(policy, 2, 2),
        payer_id=_first(policy, profile.payer_id_places),
        member_id=_first(policy, profile.member_id_places),
    )


def _is_self_pay(policy: Segment, profile: SenderProfile) -> bool:
    names = (_text(policy, 4, 1), _text(policy, 2, 1), _text(policy, 2, 2), _text(policy, 15, 1))
    return any(name.casefold() in profile.self_pay_words for name in names if name)


def _first(policy: Segment, where: tuple[Place, ...]) -> str:
    found = (_text(policy, place.field, place.component or 1) for place in where if place.segment == "IN1")
    return next((each for each in found if each), "")


def _text(policy: Segment, field: int, component: int) -> str:
    text = policy.value(field, component)
    return "" if text == NULL else text
