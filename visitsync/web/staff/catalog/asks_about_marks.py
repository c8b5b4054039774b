"""Wishes about what marks telemedicine: connect, disconnect, accept a spelling, say what a status means."""

from visitsync.domain.appointment import AppointmentStatus
from visitsync.sync.admin.marks import accept_spelling, approve_mark, mean_status, withdraw_mark
from visitsync.web.staff.catalog.asked import Asked, CannotBeAsked, Proposal

MEANINGS = {
    "booked": "Booked: the visit takes place",
    "arrived": "Arrived",
    "checked-in": "Checked in",
    "fulfilled": "Done: the visit took place",
    "cancelled": "Cancelled",
    "noshow": "No-show",
    "entered-in-error": "Entered by mistake",
    "pending": "Not confirmed yet",
    "proposed": "Only asked for",
    "waitlist": "On the waiting list",
}
"""Status → what an admin reads."""


def approve(asked: Asked) -> Proposal:
    kind, desk, value = asked.kind(), asked.desk, asked.needed("value", "what marks telemedicine")
    mark = desk.screen.words.get(kind, kind.value)
    shown = _shown(asked, value)
    return Proposal(
        title=f"Connect {mark} “{shown}”?",
        verb="Connect",
        connection_id=desk.connection.connection_id,
        change=lambda at: approve_mark(at, desk.connection, asked.author, kind, value),
        view="catalog",
        explains=_several_kinds(asked, kind),
    )


def withdraw(asked: Asked) -> Proposal:
    kind, desk, value = asked.kind(), asked.desk, asked.needed("value", "what is to be disconnected")
    return Proposal(
        title=f"Disconnect “{_shown(asked, value)}”?",
        verb="Disconnect",
        connection_id=desk.connection.connection_id,
        change=lambda at: withdraw_mark(at, desk.connection, asked.author, kind, value),
        view="catalog",
        explains=("It no longer marks an appointment as telemedicine. Visits that would stop are ended.",),
        is_careful=True,
    )


def accept(asked: Asked) -> Proposal:
    kind, desk = asked.kind(), asked.desk
    spelling, approved = asked.needed("spelling", "a spelling"), asked.needed("approved", "the right text")
    return Proposal(
        title=f"Accept the spelling “{spelling}”?",
        verb="Accept this spelling",
        connection_id=desk.connection.connection_id,
        change=lambda at: accept_spelling(at, desk.connection, asked.author, kind, spelling, approved=approved),
        view="catalog",
        explains=(f"It will stand for “{approved}” from now on. Only exactly this spelling is accepted.",),
    )


def status(asked: Asked) -> Proposal:
    desk, word = asked.desk, asked.needed("status", "a status")
    means = asked.one_of("means", ["", *MEANINGS])
    known = word.strip().casefold() in desk.practice.connection.status_meanings
    if not means and not known:
        raise CannotBeAsked(f"Choose what “{word}” means.")
    title = f"Let “{word}” mean “{MEANINGS[means]}”?" if means else f"Forget what “{word}” means?"
    return Proposal(
        title=title,
        verb="Yes, that is what it means" if means else "Forget it",
        connection_id=desk.connection.connection_id,
        change=lambda at: mean_status(
            at, desk.connection, asked.author, word, AppointmentStatus(means) if means else None
        ),
        view="catalog-settings",
    )


def _shown(asked: Asked, value: str) -> str:
    """The name in the EMR's list of what is approved by its number."""
    entry = asked.desk.practice.appointment_types.get(value)
    return f"{entry.name} ({value})" if entry and entry.name != value else value


def _several_kinds(asked: Asked, kind: str) -> tuple[str, ...]:
    """Where another kind is approved already, agreement matters from now on."""
    facts, words = asked.desk.practice.connection, asked.desk.screen.words
    others = [
        words.get(one.kind, one.kind.value)
        for one in facts.recognition.conditions
        if one.kind != kind and (one.approved_ids or one.approved_texts)
    ]
    if not others:
        return ()
    names = " and ".join([words.get(kind, kind), *others])
    how = "must all agree" if facts.recognition.agreement == "all" else "any of them is enough"
    return (f"Of {names}, {how} (see Settings).",)
