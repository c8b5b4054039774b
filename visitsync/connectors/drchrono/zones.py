"""Whose clock DrChrono's naive times show: the appointment's doctor's, unless a setting says otherwise (section 4)."""

from collections.abc import Mapping
from functools import lru_cache

from visitsync.connector_kit.connector import TranslationContext


def zone_of_doctor(doctor_id: str | None, context: TranslationContext) -> str:
    """The zone of a doctor's rows: by a setting for the doctor or the practice, the doctor's own, or the practice's.

    It may be a legacy name such as US/Eastern, or one that nobody knows.
    """
    settings = context.settings
    single = settings.get("doctor_zones")
    if single and doctor_id is not None and doctor_id in (zones := doctor_zones(single)):
        return zones[doctor_id]
    if chosen := settings.get("zone"):
        return chosen
    doctor = context.practitioners.get(doctor_id) if doctor_id is not None else None
    return (doctor.zone if doctor is not None else None) or context.practice_zone


def zone_of_stamps(zone: str, context: TranslationContext) -> str:
    """The zone of created_at and updated_at in the rows of a doctor whose zone is this one."""
    return context.practice_zone if context.settings.get("stamp_zone") == "practice" else zone


@lru_cache(maxsize=256)
def doctor_zones(setting: str) -> Mapping[str, str]:
    """The setting `300101=America/Denver, 300102=US/Pacific` as zones by doctor."""
    pairs = (pair.partition("=") for pair in setting.split(","))
    return {doctor.strip(): zone.strip() for doctor, _, zone in pairs if doctor.strip() and zone.strip()}
