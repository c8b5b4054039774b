"""What happens in the clinics while we watch, and what must follow by itself."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import msgspec

from visitsync.domain.visit import VisitState
from visitsync.simulator_kit.scenarios import SCENARIOS
from visitsync.storage import appointments, visits
from visitsync.wiring.demo.admin import Opened
from visitsync.wiring.demo.stage import Set
from visitsync.wiring.house import House

LONGEST_WAIT_SECONDS = 25.0
LOOKS_EVERY_SECONDS = 0.05


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """How one appointment stands with us."""

    outcome: str
    start: datetime | None = None
    """Of its visit, if there is an active one."""

    @property
    def has_visit(self) -> bool:
        return self.start is not None


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """One happening and how long it took until we showed it."""

    emr: str
    what: str
    appointment_id: str
    before: str
    after: str
    seconds: float | None
    """None: it did not follow in time."""


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """Something that staff do in the EMR, and how the appointment stands with us once we have followed."""

    prop: str
    what: str
    emr: str
    act: Callable[[Set], object]
    has_followed: Callable[[Now, Now], bool]
    """Takes how it was and how it is."""


def _respell(stage: Set) -> None:
    fix = SCENARIOS["A2"].fix
    assert fix is not None  # noqa: S101  # staff can repair it
    fix(stage.clinic, stage.props["type respelled"])


def _correct_email(stage: Set) -> None:
    appointment = stage.clinic.appointments[stage.props["e-mail corrected"]]
    assert appointment.patient_id is not None  # noqa: S101  # it was booked for somebody
    stage.clinic.change_patient(appointment.patient_id, email="ottoline.varga@example.net")


def _move(stage: Set) -> None:
    appointment = stage.clinic.appointments[stage.props["moved"]]
    stage.clinic.move(appointment.id, start=appointment.start + timedelta(hours=8))


def _becomes_visit(before: Now, now: Now) -> bool:
    return now.has_visit and now.outcome == "ready"


def _moves(before: Now, now: Now) -> bool:
    return now.has_visit and now.start != before.start


def _ends(before: Now, now: Now) -> bool:
    return not now.has_visit and now.outcome == "cancelled"


HAPPENINGS = (
    Happening(
        prop="e-mail corrected",
        emr="drchrono",
        what="the front desk enters the missing e-mail on the patient's chart",
        act=_correct_email,
        has_followed=_becomes_visit,
    ),
    Happening(
        prop="type respelled",
        emr="kareo",
        what="“Telemedicne Visit” becomes “Telemedicine Visit”",
        act=_respell,
        has_followed=_becomes_visit,
    ),
    Happening(
        prop="moved", emr="drchrono", what="an appointment is moved to another hour", act=_move, has_followed=_moves
    ),
    Happening(
        prop="cancelled",
        emr="kareo",
        what="an appointment is cancelled",
        act=lambda stage: stage.clinic.cancel(stage.props["cancelled"]),
        has_followed=_ends,
    ),
    Happening(
        prop="moved",
        emr="athenahealth",
        what="an appointment is dragged to another hour",
        act=_move,
        has_followed=_moves,
    ),
    Happening(
        prop="type respelled",
        emr="carecloud",
        what="“Telemedicne Visit” becomes “Telemedicine Visit”",
        act=_respell,
        has_followed=_becomes_visit,
    ),
    Happening(
        prop="cancelled",
        emr="greenway_prime_suite",
        what="an appointment is cancelled",
        act=lambda stage: stage.clinic.cancel(stage.props["cancelled"]),
        has_followed=_ends,
    ),
    Happening(
        prop="moved",
        emr="greenway_intergy",
        what="an appointment is moved to another hour",
        act=_move,
        has_followed=_moves,
    ),
    Happening(
        prop="e-mail corrected",
        emr="greenway_intergy",
        what="the front desk enters the missing e-mail on the patient's chart",
        act=_correct_email,
        has_followed=_becomes_visit,
    ),
    Happening(
        prop="deleted",
        emr="drchrono",
        what="an appointment is deleted for good",
        act=lambda stage: stage.clinic.delete(stage.props["deleted"]),
        has_followed=_ends,
    ),
)


def happen(house: House, happening: Happening, stage: Set, opened: Opened) -> Followed:
    """Lets it happen and watches until we have followed, at most LONGEST_WAIT_SECONDS."""
    appointment_id = stage.vendor_id(happening.prop)
    before = look(house, opened, appointment_id)
    began = time.monotonic()
    with stage.clinic.lock:
        happening.act(stage)
    for now in _watch(house, opened, appointment_id, began):
        if happening.has_followed(before, now):
            return _followed(happening, appointment_id, before, now, time.monotonic() - began)
    return _followed(happening, appointment_id, before, look(house, opened, appointment_id), None)


def wait_for_visit(
    house: House, opened: Opened, appointment_id: str, what: str, emr: str, before: Now, *, began: float
) -> Followed:
    """Watches until an appointment has become a visit: since `began` (monotonic) its time has come."""
    now = before
    for now in _watch(house, opened, appointment_id, began):
        if _becomes_visit(before, now):
            break
    seconds = time.monotonic() - began if now.has_visit else None
    return Followed(
        emr=emr, what=what, appointment_id=appointment_id, before=in_words(before), after=in_words(now), seconds=seconds
    )


def look(house: House, opened: Opened, appointment_id: str) -> Now:
    """How an appointment stands with us."""
    with house.database.practice(opened.practice_id) as transaction:
        stored = appointments.find(transaction, house.vault, opened.connection_id, [appointment_id])
        visit = visits.latest_for(transaction, opened.connection_id, [appointment_id]).get(appointment_id)
    is_active = visit is not None and visit.state is VisitState.ACTIVE
    return Now(
        outcome=stored[0].outcome if stored else "not received",
        start=visit.start_at if visit is not None and is_active else None,
    )


def in_words(now: Now) -> str:
    """For instance "needs fix, no visit"."""
    visit = f"visit {now.start:%d %b %H:%M} UTC" if now.start else "no visit"
    return f"{now.outcome.replace('_', ' ')}, {visit}"


def _watch(house: House, opened: Opened, appointment_id: str, began: float) -> Iterator[Now]:
    while time.monotonic() - began < LONGEST_WAIT_SECONDS:
        yield look(house, opened, appointment_id)
        time.sleep(LOOKS_EVERY_SECONDS)


def _followed(happening: Happening, appointment_id: str, before: Now, after: Now, seconds: float | None) -> Followed:
    return Followed(
        emr=happening.emr,
        what=happening.what,
        appointment_id=appointment_id,
        before=in_words(before),
        after=in_words(after),
        seconds=seconds,
    )
