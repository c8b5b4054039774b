"""The seven sections of the article in our own words, each with what this practice has set."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from visitsync.domain.appointment import MarkKind
from visitsync.domain.explanation import DEFAULT_WORDS, SECTIONS
from visitsync.domain.practice import Agreement, CatalogEntry, Condition, ConnectionFacts, Demographic
from visitsync.domain.time_words import day_in_words
from visitsync.rules.calendar import local_date
from visitsync.rules.conditions import condition_lookup
from visitsync.sync.desk import Desk
from visitsync.sync.office import Office
from visitsync.web.staff.help.advice import Advice, minutes_in_words

MOST_CLOSURES = 6


class Fact(msgspec.Struct, frozen=True):
    """What this practice has set, or what is so in its EMR."""

    label: str
    values: tuple[str, ...]
    """Names as the EMR and the practice write them; shown as text."""
    otherwise: str = ""
    """What is said where there are none."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One of the seven."""

    number: int
    title: str
    says: tuple[str, ...]
    facts: tuple[Fact, ...]
    advice: tuple[Advice, ...]

    def has(self, words: Sequence[str]) -> bool:
        """Whether each of these (case-folded) is somewhere in its own text."""
        facts = (text for fact in self.facts for text in (fact.label, *fact.values))
        whole = " ".join((self.title, *self.says, *facts)).casefold()
        return all(word in whole for word in words)


class SyncTime(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the table of sync times. Minutes."""

    emr_name: str
    usual: tuple[int, int]
    abnormal: int
    learned: int | None
    """What 95 of 100 took here lately; None: too few to say."""


def sections(office: Office, advice: Sequence[Advice]) -> list[Section]:
    """All seven, in their order."""
    return [
        Section(
            number=number,
            title=title,
            says=tuple(_SAYS[number](office)),
            facts=tuple(_FACTS[number](office)),
            advice=tuple(one for one in advice if one.section == number),
        )
        for number, title in SECTIONS.items()
    ]


def sync_times(office: Office) -> list[SyncTime]:
    """The article's table for this practice's EMRs, with what was learned."""
    return [
        SyncTime(
            emr_name=desk.manifest.name,
            usual=desk.practice.connection.usual_minutes,
            abnormal=desk.practice.connection.abnormal_minutes,
            learned=desk.practice.connection.learned_minutes,
        )
        for desk in office.desks.values()
    ]


def _about_types(office: Office) -> Iterable[str]:
    yield (
        f"You book in {_emrs(office)} as always. What makes an appointment a video visit is how it is marked there: "
        "with one of the marks that this practice has approved."
    )
    yield (
        "Spelling counts, down to the last letter. If one is a letter off we do not guess: we show it to you as a near "
        "miss, and an admin may accept that spelling."
    )


def _about_email(office: Office) -> Iterable[str]:
    yield (
        f"Patients log in with the e-mail on the {_word('patient', office)}’s record: it must be there, be right, and "
        "be theirs alone in this practice. Asking for it when they book or check in saves a call later."
    )
    yield (
        "One mailbox for a whole family? If two patients share an address, link them as one household on the answer; "
        "until then neither gets a visit by that address. We never guess who belongs together."
    )


def _about_staff(_: Office) -> Iterable[str]:
    yield (
        "An address that somebody at the practice signs in with cannot be a patient’s, too. Users tells whose it is. "
        "This mostly happens when somebody tries things out: declare the appointment a test visit on its answer, and "
        "any address will do. It is labelled as a test and left out of all figures."
    )


def _about_time(office: Office) -> Iterable[str]:
    yield (
        "EMRs limit how often they may be asked, so a new booking takes a little. While it is inside the usual time, "
        "waiting is all there is to do."
    )
    yield (
        f"What you put right shows within {minutes_in_words(list(office.desks.values()))}. If it takes longer than is "
        "normal, we see it before you do and say so on Today."
    )


def _about_record(office: Office) -> Iterable[str]:
    yield (
        f"{_first(_emrs(office))} sends an appointment only with a complete record behind it. What is required here is "
        "listed below. The patient confirms all of it when logging in."
    )


def _about_past(office: Office) -> Iterable[str]:
    yield (
        "What is over does not become a visit. An appointment that was booked shortly before its start is not taken "
        "for a past one because the sync took its time: as long as it is going on, the visit still comes."
    )
    yield (f"Still, leave a little room: booked {_buffer(office)} minutes ahead, the visit is there before it begins.")


def _about_providers(office: Office) -> Iterable[str]:
    yield (
        f"A visit belongs to {_a(_word('provider', office))} who is enabled for telemedicine here. Booked with "
        "somebody else, it still comes over, but is shown to nobody; once an admin enables them, it links by itself."
    )


def _approved(office: Office) -> Iterable[Fact]:
    for desk in office.desks.values():
        recognition = desk.practice.connection.recognition
        names = [(condition, _names_of(condition, desk)) for condition in recognition.conditions]
        for condition, approved in names:
            label = f"{_first(_mark(condition.kind, desk.practice.connection))} in {desk.manifest.name}"
            yield Fact(label, approved, "Nothing is approved yet, so nothing can become a visit. An admin approves it.")
            if condition.accepted_spellings:
                yield Fact("Spellings accepted as well", tuple(sorted(condition.accepted_spellings)))
        if len(names) > 1:
            all_of_them = recognition.agreement is Agreement.ALL
            yield Fact("Of these", ("all must fit",) if all_of_them else ("any one is enough",))
        if excluded := desk.practice.connection.excluded_resources:
            yield Fact("Left out of the sync on purpose", tuple(sorted(excluded)))


def _none(_: Office) -> Iterable[Fact]:
    return ()


def _how_far_ahead(office: Office) -> Iterable[Fact]:
    today = local_date(office.now, office.zone)
    for desk in office.desks.values():
        facts = desk.practice.connection
        months = f"{facts.sync_months} months" if facts.sync_months != 1 else "1 month"
        ahead = f"{months} ahead; what is later appears by itself on the day it comes inside"
        yield Fact(f"How far ahead {desk.manifest.name} is read", (ahead,))
        if not facts.is_pushed:
            slow = f"more than {facts.slow_lane_business_days} business days ahead it may take up to 24 hours"
            yield Fact("Far ahead", (slow,))
        else:
            yield Fact(desk.manifest.name, ("sends what is booked by itself, at once and however far ahead",))
    closed = sorted(day for day in office.practice.closures if day >= today)
    yield Fact(
        "Days closed, which are no business days",
        tuple(day_in_words(day, today) for day in closed[:MOST_CLOSURES]) + _and_more(len(closed) - MOST_CLOSURES),
        "Federal holidays; the practice has named none of its own.",
    )


def _required(office: Office) -> Iterable[Fact]:
    for desk in office.desks.values():
        wanted = desk.practice.connection.required_demographics
        values = tuple(one.value for one in Demographic if one in wanted)
        yield Fact(f"Required with {desk.manifest.name}", values, "Nothing beyond the e-mail.")


def _enabled(office: Office) -> Iterable[Fact]:
    for desk in office.desks.values():
        people = [one for one in desk.practice.practitioners.values() if one.is_active and one.is_clinician]
        enabled, others = _split(people)
        yield Fact(f"Enabled, from {desk.manifest.name}", enabled, "Nobody yet. An admin enables them.")
        if others:
            yield Fact("Not enabled", others)


_SAYS: dict[int, Callable[[Office], Iterable[str]]] = {
    1: _about_types,
    2: _about_email,
    3: _about_staff,
    4: _about_time,
    5: _about_record,
    6: _about_past,
    7: _about_providers,
}
_FACTS: dict[int, Callable[[Office], Iterable[Fact]]] = {
    1: _approved,
    2: _none,
    3: _none,
    4: _how_far_ahead,
    5: _required,
    6: _none,
    7: _enabled,
}


def _names_of(condition: Condition, desk: Desk) -> tuple[str, ...]:
    lookup = condition_lookup(condition, desk.practice)
    names = lookup.names_of_approved_ids | condition.approved_texts
    unnamed = {identity for identity in condition.approved_ids if identity not in lookup.catalog}
    return (*sorted(names, key=str.casefold), *(f"number {identity}" for identity in sorted(unnamed)))


def _split(people: Iterable[CatalogEntry]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ordered = sorted(people, key=lambda one: one.name.casefold())
    names = {
        is_connected: [one.name for one in ordered if one.is_connected is is_connected]
        for is_connected in (True, False)
    }
    return tuple(names[True]), tuple(names[False])


def _mark(kind: MarkKind, facts: ConnectionFacts) -> str:
    return facts.words.get(kind.value) or DEFAULT_WORDS[kind.value]


def _emrs(office: Office) -> str:
    return " and ".join(desk.manifest.name for desk in office.desks.values()) or "your EMR"


def _word(name: str, office: Office) -> str:
    """As the EMR's screens call it, where there is but one; "the patient chart"."""
    words = {desk.practice.connection.words.get(name) or DEFAULT_WORDS[name] for desk in office.desks.values()}
    return words.pop() if len(words) == 1 else DEFAULT_WORDS[name]


def _buffer(office: Office) -> int:
    return max((desk.practice.connection.usual_minutes[1] for desk in office.desks.values()), default=15)


def _and_more(count: int) -> tuple[str, ...]:
    return (f"and {count} more",) if count > 0 else ()


def _a(word: str) -> str:
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
