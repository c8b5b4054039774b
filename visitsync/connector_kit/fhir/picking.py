"""Which of several names, addresses, e-mails and phones of a person counts (fhir reference, section 3)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from visitsync.connector_kit.fhir.instants import day_bounds
from visitsync.connector_kit.fhir.shapes import ContactPoint, HumanName, Number, Period, PostalAddress
from visitsync.domain.patient import Address

Thing = TypeVar("Thing")

NAME_USES = ("official", "usual", "", "temp", "nickname", "anonymous")
"""The first that is there counts; `old` and `maiden` never do."""
ADDRESS_USES = ("home", "", "temp", "work", "billing")
NO_LONGER = frozenset({"old", "maiden"})
UNRANKED = 1_000_000


def listed(values: list[Thing | None] | None) -> list[Thing]:
    """A list without its nulls, which stand for something that was left out."""
    return [each for each in values if each is not None] if values else []


def one_or_several(value: list[Thing | None] | Thing | None) -> list[Thing]:
    """What some versions of FHIR allow once and others often, as a list."""
    if isinstance(value, list):
        return listed(value)
    return [] if value is None else [value]


def name_of(names: Iterable[HumanName], as_of: date | None) -> tuple[str, str]:
    """First and family name; both "" where there is no name in use."""
    found = _best(names, NAME_USES, as_of)
    if found is None:
        return "", ""
    given = one_or_several(found.given)
    family = " ".join(part for part in one_or_several(found.family) if part)
    if not family and not given and found.text:
        return _from_text(found.text)
    return next((part for part in given if part), ""), family


def address_of(addresses: Iterable[PostalAddress], as_of: date | None) -> Address:
    """Where the person lives; empty where nothing usable is said."""
    found = _best(addresses, ADDRESS_USES, as_of)
    if found is None:
        return Address()
    line = " ".join(part for part in one_or_several(found.line) if part)
    if not (line or found.city or found.postal_code):
        line = found.text or ""  # all there is; what it lacks is then told
    return Address(line, found.city or "", found.state or "", found.postal_code or "")


def emails_of(telecom: Iterable[ContactPoint], as_of: date | None) -> list[tuple[str, str]]:
    """Use and address of every e-mail in use, the preferred one first."""
    return [(point.use or "", _bare(point.value or "")) for point in _reachable(telecom, ("email",), as_of)]


def phones_of(telecom: Iterable[ContactPoint], as_of: date | None) -> tuple[str, ...]:
    """Every phone number in use, the preferred one first."""
    return tuple(point.value or "" for point in _reachable(telecom, ("phone", "sms"), as_of))


def is_over(period: Period | None, as_of: date | None) -> bool:
    """Whether a period surely ended before that day, or surely begins after it. Unknown days end nothing."""
    if period is None or as_of is None:
        return False
    end, start = day_bounds(period.end or ""), day_bounds(period.start or "")
    return (end is not None and end[1] < as_of) or (start is not None and start[0] > as_of)


def rank_of(value: Number) -> float:
    """A rank or order to sort by: 1 is first, none or nonsense is last."""
    try:
        number = float(value) if value is not None else UNRANKED
    except ValueError:
        return UNRANKED
    return number if number > 0 else UNRANKED


def _best(things: Iterable[Thing], uses: Sequence[str], as_of: date | None) -> Thing | None:
    """The first thing of the most wanted use, passing over what is no longer in use."""
    ranked = [
        (uses.index(use) if use in uses else len(uses), position, thing)
        for position, thing in enumerate(things)
        if (use := (getattr(thing, "use", None) or "").lower()) not in NO_LONGER
        and not is_over(getattr(thing, "period", None), as_of)
    ]
    return min(ranked, key=lambda each: each[:2])[2] if ranked else None


def _reachable(telecom: Iterable[ContactPoint], systems: Sequence[str], as_of: date | None) -> list[ContactPoint]:
    points = [
        point
        for point in telecom
        if (point.system or "").lower() in systems
        and (point.value or "").strip()
        and (point.use or "").lower() != "old"
        and not is_over(point.period, as_of)
    ]
    return sorted(points, key=lambda point: (rank_of(point.rank), bool(point.period and point.period.end)))


def _bare(address: str) -> str:
    """An address as people write it, also where it was stored as a link."""
    text = address.strip()
    return text[len("mailto:") :].strip() if text.lower().startswith("mailto:") else text


def _from_text(text: str) -> tuple[str, str]:
    """`Quill, Noor` or `Noor Quill`; where only the text of a name is given, its last word is the family name."""
    if "," in text:
        family, _, given = text.partition(",")
        return given.strip(), family.strip()
    given, _, family = text.strip().rpartition(" ")
    return given.strip(), family
