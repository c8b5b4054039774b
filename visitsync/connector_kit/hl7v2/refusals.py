"""What a sender is told no about, on purpose: codes of table 0357 and where in the message (reference, section 3)."""

import msgspec

from visitsync.connector_kit.hl7v2.identity import identities_of
from visitsync.connector_kit.hl7v2.layout import out_of_place
from visitsync.connector_kit.hl7v2.message import Message
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.statuses import BLOCKINGS, BOOKINGS, ENDINGS, RESOURCE_EVENTS

SEGMENT_MISSING = ("100", "Segment sequence error")
FIELD_MISSING = ("101", "Required field missing")
DATA_TYPE = ("102", "Data type error")
UNSUPPORTED_TYPE = ("200", "Unsupported message type")
UNSUPPORTED_EVENT = ("201", "Unsupported event code")
UNSUPPORTED_PROCESSING_ID = ("202", "Unsupported processing id")
UNSUPPORTED_VERSION = ("203", "Unsupported version id")

MERGES = frozenset({"A18", "A30", "A34", "A40", "A46", "A47"})
UPDATES = frozenset({"A01", "A04", "A05", "A08", "A28", "A29", "A31"})
HARMLESS = frozenset(f"A{number:02d}" for number in range(1, 63)) - UPDATES - MERGES
"""Events about beds, visits and links: taken note of, and nothing follows from them."""
SCHEDULING = BOOKINGS | ENDINGS | RESOURCE_EVENTS


class Refusal(msgspec.Struct, frozen=True):
    """Why a message is not taken, in the standard's own codes; never with a value of it."""

    is_rejection: bool
    """Wrong kind of message altogether (AR), as opposed to an error in its content (AE)."""
    code: tuple[str, str]
    location: str
    """ERR-2, such as SCH^1^2."""
    reason: str

    @property
    def words(self) -> str:
        """For engineers."""
        segment, _, rest = self.location.partition("^")
        field = rest.split("^")[1:2]
        return f"{'-'.join((segment, *field))}: {self.reason}"


def refusal_of(message: Message, profile: SenderProfile) -> Refusal | None:
    """What is wrong with the message as a message; None where it is taken, whatever the rules will say about it."""
    return _refusal_of_header(message, profile) or refusal_of_content(message, profile)


def refusal_of_content(message: Message, profile: SenderProfile) -> Refusal | None:
    """The same without its header: what a saved message is refused for."""
    kind, event = message.type, message.event
    if kind == "SIU":
        return _refusal_of_siu(message, event, profile)
    if kind == "ADT":
        return _refusal_of_adt(message, event, profile)
    return Refusal(True, UNSUPPORTED_TYPE, "MSH^1^9^1^1", "only SIU and ADT messages are taken")


def is_of_interest(message: Message, profile: SenderProfile) -> bool:
    """Whether anything follows from a message that is not refused."""
    event = message.event
    if message.type == "SIU":
        return event in SCHEDULING and (event != "S27" or profile.broadcasts == "read")
    return event in UPDATES or event in MERGES


def _refusal_of_header(message: Message, profile: SenderProfile) -> Refusal | None:
    header = message.header
    version = message.version.lstrip("vV ")
    if version and not version.startswith("2"):
        return Refusal(True, UNSUPPORTED_VERSION, "MSH^1^12", "expected version 2.1 to 2.9")
    processing_id = header.value(11).upper()
    if processing_id and processing_id not in profile.processing_ids:
        return Refusal(True, UNSUPPORTED_PROCESSING_ID, "MSH^1^11", "only production messages (P) are processed")
    return None


def _refusal_of_siu(message: Message, event: str, profile: SenderProfile) -> Refusal | None:
    if event in BLOCKINGS:
        return None
    if event not in SCHEDULING:
        return Refusal(True, UNSUPPORTED_EVENT, "MSH^1^9^1^2", "expected an event from S12 to S24, S26 or S27")
    schedule = message.first("SCH")
    if not schedule:
        return Refusal(False, SEGMENT_MISSING, "SCH^1", "the segment SCH is missing")
    if message.names.count("SCH") > 1:
        return Refusal(False, SEGMENT_MISSING, "SCH^2", "a second appointment in one message; each needs its own")
    named = identities_of(message, profile)
    if not named.appointment:
        return Refusal(False, FIELD_MISSING, "SCH^1^2", "no placer or filler appointment id")
    misplaced = out_of_place(message, profile)
    if misplaced is not None:
        return Refusal(False, DATA_TYPE, f"SCH^1^{misplaced[0]}", misplaced[1])
    if profile.without_patient_id == "refused" and "" in named.patients:
        for number, identity in enumerate(named.patients, 1):
            if not identity and _says_anything(message.all("PID")[number - 1].fields):
                return Refusal(False, FIELD_MISSING, f"PID^{number}^3", "no patient id")
    return None


def _refusal_of_adt(message: Message, event: str, profile: SenderProfile) -> Refusal | None:
    if event in HARMLESS:
        return None
    if event not in UPDATES and event not in MERGES:
        return Refusal(
            True, UNSUPPORTED_EVENT, "MSH^1^9^1^2", "expected an event of patient administration (A01 to A62)"
        )
    person = message.first("PID")
    if not person:
        return Refusal(False, SEGMENT_MISSING, "PID^1", "the segment PID is missing")
    named = identities_of(message, profile)
    if not named.patients[0]:
        return Refusal(False, FIELD_MISSING, "PID^1^3", "no patient id")
    if event in MERGES:
        if not named.merged:
            return Refusal(False, SEGMENT_MISSING, "MRG^1", "the segment MRG is missing")
        if not named.merged[0]:
            return Refusal(False, FIELD_MISSING, "MRG^1^1", "no id of the chart that is given up")
    return None


def _says_anything(fields: list[str]) -> bool:
    """An empty PID is no person: some senders put one into blocks."""
    return any(fields[2:])
