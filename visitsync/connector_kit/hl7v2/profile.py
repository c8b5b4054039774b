"""What one sender of HL7 v2 does in its own way: where things stand in its messages, and what it means by them."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from visitsync.connector_kit.hl7v2.places import NoSuchPlace, Place, places

AS_PROFILE = "profile"
"""The value of a setting that leaves it to the chosen profile."""


class SenderProfile(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The habits of one sender. The defaults are what the standard says; each can be set per connection."""

    type_places: tuple[Place, ...] = places("SCH-8, SCH-7, AIS-3")
    """Where the appointment type stands; the first place that is filled counts. A code, then its text."""
    reason_places: tuple[Place, ...] = places("SCH-7")
    service_places: tuple[Place, ...] = places("AIS-3")
    provider_places: tuple[Place, ...] = places("AIP-3, AIG-3, PV1-7, PV1-17, PV1-9, SCH-16")
    location_places: tuple[Place, ...] = places("AIL-3.1, AIL-3.4, AIL-3.2, PV1-3.1, PV1-3.4, PV1-39")
    location_name_places: tuple[Place, ...] = places("AIL-3.9, AIL-3.10")
    room_places: tuple[Place, ...] = places("AIL-3.2")
    mode_places: tuple[Place, ...] = ()
    """Where a flag (Y or N) says that it is a video visit, for senders that have one."""
    status_places: tuple[Place, ...] = places("SCH-25")
    start_places: tuple[Place, ...] = places("SCH-11.4, TQ1-7, AIS-4, AIP-6, AIL-6, AIG-8")
    duration_places: tuple[Place, ...] = places("SCH-9, TQ1-6, AIS-7, AIP-9, AIL-9, AIG-11")
    email_places: tuple[Place, ...] = places("PID-13, PID-14, PID-40, Z")
    member_id_places: tuple[Place, ...] = places("IN1-36, IN1-49")
    payer_id_places: tuple[Place, ...] = places("IN1-3, IN1-2")

    provider_roles: tuple[str, ...] = (
        "d",
        "physician",
        "provider",
        "staff",
        "doctor",
        "md",
        "resource",
        "pp",
        "attending",
    )
    """Words of AIG-4 that say that a resource of AIG-3 is a person to whom patients are booked (case-folded)."""
    appointment_key: str = "filler"
    """Which id of SCH names an appointment, if both are there: filler (SCH-2) or placer (SCH-1)."""
    namespace: str = "application and facility"
    """What goes before an appointment's id so that two systems never mean one: see identity.py."""
    patient_namespace: str = "none"
    patient_authority: str = ""
    """The assigning authority of PID-3 whose number names a patient; "" takes the first medical record number."""
    empty_means: str = "kept"
    """What an empty field says: nothing (kept), or that the value is gone (deleted), in senders of snapshots."""
    no_insurance_means: str = "unknown"
    """What an ADT message without IN1 says about insurance: unknown or none."""
    parent_means: str = "replaced when rescheduled"
    """What SCH-23/24 name: the appointment that this replaces, when it is rescheduled or always; or a series."""
    without_patient_id: str = "refused"
    """What a PID without any id is: refused, or a write-in (an entry for nobody on the books)."""
    times: str = "local"
    """Whose clock a time without offset shows: the location's (local), or utc."""
    seconds_unit: str = "by size"
    """How a duration without unit, or in seconds, is read: by size, minutes or seconds (section 6)."""
    start_offset: str = "added"
    """Whether AIS-5 and its like are added to the start of their own segment, where that start is used."""
    shifted_layout: str = "refused"
    """Whether a SCH whose tail stands one field further left is read or refused."""
    ack_mode: str = "AA"
    processing_ids: tuple[str, ...] = ("P",)
    """What MSH-11 may be, besides nothing."""
    broadcasts: str = "ignored"
    """S27: ignored or read."""
    self_pay_words: tuple[str, ...] = ("self pay", "self-pay", "selfpay", "private pay", "cash")
    is_code_padded: bool = False
    """Codes come blank-padded and in any case, so that they are compared in upper case."""
    default_minutes: int = 0
    """How long an appointment is whose message does not say so; 0: not known."""
    naming_fields: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Worked out: the fields outside AIx that type, people and place may stand in."""

    def __post_init__(self) -> None:
        where = (
            self.type_places + self.reason_places + self.service_places + self.room_places
            + self.mode_places + self.provider_places + self.location_places + self.location_name_places
        )  # fmt: skip
        found: dict[str, dict[int, None]] = {}
        for place in where:
            if not place.segment.startswith("AI"):
                found.setdefault(place.segment, {})[place.field] = None
        msgspec.structs.force_setattr(
            self, "naming_fields", tuple((name, tuple(fields)) for name, fields in found.items())
        )


_PLACES = {name for name in SenderProfile.__struct_fields__ if name.endswith("_places")}
_LISTS = {"processing_ids", "provider_roles", "self_pay_words"}
SETTABLE = frozenset(SenderProfile.__struct_fields__) - {"naming_fields"}
"""What a setting of the same name may say."""
_HEEDED = SETTABLE | {"profile"}
GENERIC = SenderProfile()


def profile_for(settings: Mapping[str, str], ready: Mapping[str, SenderProfile], usual: SenderProfile) -> SenderProfile:
    """The ready profile that the settings name (else `usual`), with whatever else they say over it.

    What a setting says that cannot be understood is left as the profile has it; `wrong_settings` tells of it.
    """
    if _HEEDED.isdisjoint(settings):
        return usual
    said = tuple([(name, settings[name]) for name in settings if name in _HEEDED])
    return _profile(said, tuple(ready.items()), usual)


def wrong_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings that cannot be understood, by name, each with how to write it."""
    wrong = {}
    for name in _PLACES & set(settings):
        try:
            places(settings[name])
        except NoSuchPlace as error:
            wrong[name] = str(error)
    minutes = settings.get("default_minutes", "")
    if minutes and not (minutes.isascii() and minutes.isdigit()):
        wrong["default_minutes"] = "Write a whole number of minutes."
    return wrong


@lru_cache(maxsize=256)
def _profile(
    settings: tuple[tuple[str, str], ...], ready: tuple[tuple[str, SenderProfile], ...], usual: SenderProfile
) -> SenderProfile:
    said = {name: text.strip() for name, text in settings if text.strip() not in ("", AS_PROFILE)}
    chosen = dict(ready).get(said.get("profile", ""), usual)
    wrong = wrong_settings(said)
    changes: dict[str, object] = {}
    for name in said.keys() & SETTABLE - wrong.keys():
        changes[name] = _value(name, said[name])
    return msgspec.structs.replace(chosen, **changes) if changes else chosen


def _value(name: str, text: str) -> object:
    if name in _PLACES:
        return places(text)
    if name in _LISTS:
        return tuple(each.strip() for each in text.split(","))
    if name == "default_minutes":
        return int(text)
    return text == "yes" if name == "is_code_padded" else text
