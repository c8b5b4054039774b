"""What CareCloud tells of a patient's insurance, in whichever wrapper it comes (reference, section 5)."""

from collections.abc import Sequence

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, read_listing, read_members
from visitsync.connectors.carecloud.payloads import PROFILES, Policy, Profile
from visitsync.connectors.carecloud.values import flag, optional_id, text
from visitsync.domain.patient import Coverage

PROFILE_SIGNS = frozenset({"insurance_policies", "self_pay"})
_LAST = 99
_NOT_A_PROFILE = "insurances: expected a profile, a list of profiles, or an object that holds one of them"


class Insurance(msgspec.Struct, frozen=True):
    """What is known of how a patient pays."""

    coverages: tuple[Coverage, ...] | None
    """None: nothing may be concluded."""
    is_self_pay: bool = False


def insurance_of(profiles: Sequence[Profile] | None, answer: bytes | None) -> Insurance:
    """From the chart's own profiles and, where it was asked for, the answer about insurance.

    The chart alone may show profiles without their policies; then nothing is concluded. Raises RecordUnreadable.
    """
    asked = None if answer is None else profiles_in(answer)
    profile = _the_one(asked) or _the_one(profiles)
    coverages = _coverages(profile)
    is_self_pay = profile is not None and flag(profile.self_pay, "self_pay")
    if asked is None and not coverages and not is_self_pay:
        return Insurance(coverages=None)
    return Insurance(coverages=coverages, is_self_pay=is_self_pay)


def profiles_in(answer: bytes) -> list[Profile]:
    """The profiles of an answer: one, a bare list, a wrapped one or a wrapped list. Raises RecordUnreadable."""
    stripped = answer.strip()
    try:
        if stripped in (b"null", b"{}"):
            return []
        if stripped[:1] == b"[":
            return [profile for row in read_listing(stripped, ()).rows for profile in profiles_in(row.body)]
        members = read_members(stripped)
    except AnswerUnreadable:
        raise RecordUnreadable(_NOT_A_PROFILE) from None
    if PROFILE_SIGNS & members.keys():
        return [decode_record(stripped, PROFILES)]
    inner = [value for value in members.values() if value[:1] in (b"[", b"{")]
    if len(inner) != 1:
        raise RecordUnreadable(_NOT_A_PROFILE)
    return profiles_in(inner[0])


def _the_one(profiles: Sequence[Profile] | None) -> Profile | None:
    """The default one, else the first; others are for accidents at work or on the road."""
    if not profiles:
        return None
    return next((profile for profile in profiles if flag(profile.default, "default")), profiles[0])


def _coverages(profile: Profile | None) -> tuple[Coverage, ...]:
    policies = sorted((profile.insurance_policies if profile else None) or (), key=_priority)
    return tuple(_coverage(policy) for policy in policies)


def _priority(policy: Policy) -> int:
    stated = text(policy.policy_priority)
    return int(stated) if stated.isascii() and stated.isdigit() else _LAST


def _coverage(policy: Policy) -> Coverage:
    payer = policy.payer
    return Coverage(
        payer_name=(payer.name if payer else None) or "",
        payer_id=(optional_id(payer.id) if payer else None) or "",
        member_id=text(policy.member_number),
    )
