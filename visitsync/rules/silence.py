"""H8. Has an EMR that pushes to us been silent for longer than a working practice is?"""

from datetime import datetime, time, timedelta

from visitsync.domain.local_time import zone_named
from visitsync.domain.practice import OpeningHours, PracticeContext
from visitsync.rules.calendar import ONE_DAY, is_business_day

TOO_QUIET = "feed-too-quiet"
WORKING_HOURS = tuple(OpeningHours(weekday, time(9), time(17)) for weekday in range(5))
"""Where the practice has not said when it is open."""
QUIET_FOR = timedelta(hours=4)
"""So long, counted in the practice's working hours, no message comes from a practice that nobody calls; more is odd."""
LOOKS_BACK = timedelta(days=30)


def is_too_quiet(heard_at: datetime, now: datetime, practice: PracticeContext) -> bool:
    """Whether more than QUIET_FOR (or the EMR's abnormal time, if that is longer) of working hours have passed since.

    Nights, weekends, holidays and the practice's closures do not count. Instants are aware.
    """
    most = max(QUIET_FOR, timedelta(minutes=practice.connection.abnormal_minutes))
    return now - heard_at > most and _worked(max(heard_at, now - LOOKS_BACK), now, practice) > most


def _worked(since: datetime, until: datetime, practice: PracticeContext) -> timedelta:
    zone, hours = zone_named(practice.zone), practice.opening_hours or WORKING_HOURS
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    worked = timedelta()
    while day <= last:
        if is_business_day(day, practice.closures) or (day.weekday() >= 5 and day not in practice.closures):
            for one in hours:
                if one.weekday == day.weekday():
                    opens = max(datetime.combine(day, one.opens, zone), since)
                    closes = min(datetime.combine(day, one.closes, zone), until)
                    worked += max(closes - opens, timedelta())
        day += ONE_DAY
    return worked
