"""Messages as a real sender writes them: SIU and ADT, HL7 version 2.3, with invented people."""

from datetime import datetime, timedelta
from itertools import count

TYPE = "VIDFU"
_numbers = count(1)


def siu(
    event: str, appointment: int, start: datetime, *, sent: datetime, patient: int = 1, status: str = "Booked"
) -> bytes:
    """An appointment message; `start` and `sent` are wall times of the practice."""
    begins, ends = (f"{at:%Y%m%d%H%M}00" for at in (start, start + timedelta(minutes=20)))
    return _message(
        f"SIU^{event}^SIU_S12",
        sent,
        f"SCH|{appointment}^SCHED|{appointment}^SCHED|||||{TYPE}^VIDEO FOLLOW UP|{TYPE}^Video|20|MIN^Minutes"
        f"|^^20^{begins}^{ends}"
        f"|||||D^Desk||||D^Desk|||||{status}",
        pid(patient),
        "RGS|1|A",
        f"AIS|1|A|{TYPE}^VIDEO FOLLOW UP|{begins}|||20|MIN^Minutes||{status}",
        f"AIP|1|A|57^Tamsin^Orla^^^^MD|PROVIDER||{begins}|||20|MIN^Minutes||{status}",
    )


def adt(event: str, *, sent: datetime, patient: int, email: str | None = None, instead_of: int | None = None) -> bytes:
    """A patient message; `instead_of` is the chart that a merge gives up."""
    merged = [] if instead_of is None else [f"MRG|{instead_of}^^^CEDAR^MR"]
    return _message(f"ADT^{event}", sent, f"EVN|{event}|{sent:%Y%m%d%H%M%S}", pid(patient, email=email), *merged)


def pid(patient: int, *, email: str | None = None) -> str:
    """The patient: name, birth date, address, phone and e-mail."""
    address = f"patient{patient}@example.org" if email is None else email
    return (
        f"PID|1||{patient}^^^CEDAR^MR||Brandt^Ines{patient}||19700{1 + patient % 9}17|F"
        f"|||12 Sample St^^Cedar Falls^IA^50613^US^H"
        f"||(555)010-0147^PRN^CP~^NET^Internet^{address}|||S"
    )


def _message(kind: str, sent: datetime, *segments: str) -> bytes:
    header = f"MSH|^~\\&|SCHED|CEDAR|VISITS|VISITS|{sent:%Y%m%d%H%M%S}||{kind}|{next(_numbers)}|P|2.3|||AL|NE"
    return "\r".join((header, *segments, "")).encode()
