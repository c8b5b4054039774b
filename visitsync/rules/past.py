"""6. Is the appointment over, judged by when it was booked and whether it is still going on?

The exact rule. An appointment is over once it has ended; that it has begun makes it no past one. Where it was booked
close to its start (less than the abnormal sync time before it, or while it was going on, or the EMR does not say when),
the sync may have been the slow one: then it is over only once the usual sync time has passed after its end. Booked
after its end, it was over from the beginning. Where the wall time is not clear (see timing), it is over a day after
its end, when it is so by any reading.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding
from visitsync.domain.local_time import Clarity
from visitsync.domain.practice import ConnectionFacts

_LAST_INSTANT = datetime(9999, 12, 30, tzinfo=UTC)
_UNCLEAR_FOR = timedelta(days=1)


class PastLookup(msgspec.Struct, frozen=True):
    """How long a sync takes here."""

    usual: timedelta
    abnormal: timedelta


def past_lookup(connection: ConnectionFacts) -> PastLookup:
    """Works out the durations once."""
    return PastLookup(
        usual=timedelta(minutes=connection.usual_minutes[1]), abnormal=timedelta(minutes=connection.abnormal_minutes)
    )


def over_at(appointment: Appointment, lookup: PastLookup) -> datetime:
    """The instant (UTC) from which the appointment is a past one."""
    start, booked_at = appointment.start, appointment.booked_at
    try:
        end = start.instant + timedelta(0, 0, 0, 0, appointment.duration_minutes)
        if start.clarity is not Clarity.CERTAIN:
            return end + _UNCLEAR_FOR
        if booked_at is None or start.instant - lookup.abnormal < booked_at < end:
            return end + lookup.usual
    except OverflowError:
        return _LAST_INSTANT
    return end


def check(appointment: Appointment, over_since: datetime) -> tuple[Finding, ...]:
    """R13. Why an appointment that is over became no visit, or is one no longer."""
    booked_at = appointment.booked_at
    if booked_at is not None and booked_at >= over_since:
        return (Finding("booked-after-it-ended", {"booked_at": booked_at.isoformat()}),)
    return (Finding("over", {"ended_at": _end(appointment).isoformat()}),)


def _end(appointment: Appointment) -> datetime:
    try:
        return appointment.end
    except OverflowError:
        return _LAST_INSTANT
