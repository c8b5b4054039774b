"""What a group of appointments that need somebody is called: how many of what, in plain words."""

from collections.abc import Collection, Mapping

import msgspec

from visitsync.storage.appointments import StoredAppointment


class _Words(msgspec.Struct, frozen=True):
    one: str
    many: str
    """With {n}."""
    are_patients: bool = False
    """Patients are counted, not appointments."""


def title_of(code: str, appointments: Collection[StoredAppointment], otherwise: str) -> str:
    """ "7 patients have no e-mail"; for codes without words of their own, `otherwise` with the count."""
    words = _WORDS.get(code)
    if words is None:
        count = len(appointments)
        return f"{otherwise}: {count:,} appointment{'' if count == 1 else 's'}"
    count = _patients(appointments) if words.are_patients else len(appointments)
    return words.one if count == 1 else words.many.format(n=f"{count:,}")


def _patients(appointments: Collection[StoredAppointment]) -> int:
    return len({(one.connection_id, one.appointment.patient_id or one.appointment.id) for one in appointments})


def _of_patients(what: str, *, have: str = "has") -> _Words:
    """What one patient has, or is; several "have" or "are"."""
    several = {"has": "have", "is": "are"}[have]
    return _Words(f"1 patient {have} {what}", f"{{n}} patients {several} {what}", are_patients=True)


def _of_appointments(one: str, many: str) -> _Words:
    return _Words(f"1 appointment {one}", f"{{n}} appointments {many}")


_WORDS: Mapping[str, _Words] = {
    "type-misspelt": _of_appointments("has a misspelt type", "have the same misspelt type"),
    "condition-not-met": _of_appointments(
        "has only some marks of telemedicine", "have only some marks of telemedicine"
    ),
    "video-in-note": _of_appointments("speaks of video only in the note", "speak of video only in the note"),
    "type-not-connected": _of_appointments("has a type that nobody connected", "have a type that nobody connected"),
    "type-name-changed": _of_appointments("has a type that was renamed", "have a type that was renamed"),
    "type-has-new-id": _of_appointments("has a type with a new number", "have a type with a new number"),
    "location-not-connected": _of_appointments("is where nobody connected", "are where nobody connected"),
    "resource-excluded": _of_appointments("is where the sync leaves out", "are where the sync leaves out"),
    "email-missing": _of_patients("no e-mail"),
    "email-placeholder": _of_patients("a placeholder instead of an e-mail"),
    "email-two-addresses": _of_patients("two e-mails in one field"),
    "email-invalid": _of_patients("an e-mail that cannot be right"),
    "email-mistyped": _of_patients("an e-mail that looks mistyped"),
    "email-is-staff": _of_patients("the e-mail of a staff login"),
    "email-shared": _Words(
        "1 patient shares an e-mail with another", "{n} patients share an e-mail with another", are_patients=True
    ),
    "demographics-missing": _of_patients("an incomplete record"),
    "date-of-birth-unusable": _of_patients("a date of birth that cannot be right"),
    "insurance-missing": _of_patients("no insurance on the record"),
    "duplicate-chart-same-email": _of_patients("two charts that look like one person"),
    "patient-deceased": _of_patients("marked as deceased", have="is"),
    "patient-inactive": _of_patients("inactive", have="is"),
    "chart-merged": _of_patients("a chart that was merged"),
    "chart-gone": _of_patients("a chart that no longer exists"),
    "chart-restricted": _of_patients("a chart that we may not see"),
    "no-patient": _of_appointments("has no patient", "have no patient"),
    "no-provider": _of_appointments("is booked with nobody", "are booked with nobody"),
    "not-a-provider": _of_appointments("is booked with no provider", "are booked with no provider"),
    "provider-inactive": _of_appointments("is with an inactive provider", "are with an inactive provider"),
    "provider-other-profile": _of_appointments(
        "is under a provider's other profile", "are under a provider's other profile"
    ),
    "provider-ambiguous": _of_appointments("names a provider whom two share", "name a provider whom two share"),
    "provider-not-enabled": _of_appointments(
        "is with a provider who is not enabled", "are with a provider who is not enabled"
    ),
    "time-nonexistent": _of_appointments("is at a time that does not exist", "are at times that do not exist"),
    "time-ambiguous": _of_appointments("is at a time that comes twice", "are at times that come twice"),
    "time-contradictory": _of_appointments("has two different times", "have two different times"),
    "duration-not-allowed": _of_appointments("has a length that cannot be used", "have a length that cannot be used"),
    "status-unclear": _of_appointments("may be cancelled", "may be cancelled"),
    "not-confirmed": _of_appointments("is not firmly booked", "are not firmly booked"),
    "overlaps-another": _of_appointments("overlaps another", "overlap each other"),
}
