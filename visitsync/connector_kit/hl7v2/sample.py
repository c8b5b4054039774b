"""Invented messages for the tests of this package, one field changed at a time."""

from collections.abc import Mapping
from datetime import UTC, datetime

from visitsync.connector_kit.connector import ConnectionConfig, Reception, TranslationContext
from visitsync.connector_kit.hl7v2.profile import GENERIC, SenderProfile
from visitsync.connector_kit.hl7v2.receiver import Hl7Receiver
from visitsync.connector_kit.hl7v2.translator import Hl7Translator
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.domain.appointment import Appointment
from visitsync.domain.patient import Patient

ZONE = "America/New_York"
NOW = datetime(2026, 10, 19, 18, 13, tzinfo=UTC)
TRANSLATOR = Hl7Translator({}, GENERIC)
RECEIVER = Hl7Receiver({}, GENERIC)

MSH = {3: "CADENZA", 4: "HOLLOW", 7: "20261019141205", 9: "SIU^S12^SIU_S12", 10: "M1", 11: "P", 12: "2.5.1"}
SCH = {
    1: "5501", 2: "5501", 7: "FU^Follow-up", 8: "TELE^Telehealth visit", 9: "20", 10: "MIN^Minutes",
    11: "^^20^20261022093000^20261022095000", 25: "Booked",
}  # fmt: skip
PID = {
    1: "1", 3: "8801^^^HOLLOW^MR", 5: "Okonkwo^Adaeze", 7: "19680617", 8: "F",
    11: "7 Reed Ct^Apt 2^Alderton^PA^19001^US^H",
    13: "(555)010-0147^PRN^CP~^NET^Internet^adaeze.okonkwo@example.com",
}  # fmt: skip
AIS = {1: "1", 3: "TELE^Telehealth visit", 4: "20261022093000", 7: "20", 8: "MIN"}
AIL = {1: "1", 3: "MAIN^^^HOLLOW^^^^^Main Street"}
AIP = {1: "1", 3: "57^Marlow^Iris^^^^MD", 4: "PROVIDER", 6: "20261022093000"}

Fields = Mapping[int, str]


def segment(name: str, fields: Fields) -> str:
    """One segment from its fields by number; MSH is written with the usual delimiters."""
    if name == "MSH":
        return "MSH|^~\\&|" + "|".join(fields.get(number, "") for number in range(3, max(fields) + 1))
    return "|".join([name, *(fields.get(number, "") for number in range(1, max(fields, default=0) + 1))])


def header(event: str = "S12", *, kind: str = "SIU", **changes: str) -> str:
    """MSH; changes as f7="20261019"."""
    return segment("MSH", MSH | {9: f"{kind}^{event}"} | _numbered(changes))


def siu(
    event: str = "S12", *more: str, msh: Fields | None = None, sch: Fields | None = None, pid: Fields | None = PID
) -> bytes:
    """A message about an appointment: header, SCH, PID (None: nobody), and whatever follows, else AIS, AIL and AIP."""
    head = segment("MSH", {**MSH, 9: f"SIU^{event}^SIU_S12", **(msh or {})})
    lines = [head, segment("SCH", {**SCH, **(sch or {})})]
    lines += [segment("PID", pid)] if pid is not None else []
    lines += more or (segment("RGS", {1: "1", 2: "A"}), segment("AIS", AIS), segment("AIL", AIL), segment("AIP", AIP))
    return ("\r".join(lines) + "\r").encode()


def adt(event: str = "A08", *more: str, msh: Fields | None = None, pid: Fields | None = None) -> bytes:
    """A message about a patient."""
    head = segment("MSH", {**MSH, 9: f"ADT^{event}", **(msh or {})})
    return ("\r".join([head, segment("PID", {**PID, **(pid or {})}), *more]) + "\r").encode()


def context(**settings: str) -> TranslationContext:
    """What translating may use: the zone, and settings."""
    return TranslationContext(practice_zone=ZONE, settings=settings)


def records(body: bytes, kind: RecordKind, **settings: str) -> list[RawRecord]:
    """The records of one kind that a body holds."""
    page = FetchedPage(kind=RecordKind.APPOINTMENT, body=body, asked=settings)
    found = TRANSLATOR.split(page)
    assert not any(isinstance(each, UnreadableRecord) for each in found), found  # noqa: S101
    return [each for each in found if isinstance(each, RawRecord) and each.kind is kind]


def appointment(body: bytes, known: Appointment | None = None, /, **settings: str) -> Appointment:
    """The appointment after the message."""
    record = records(body, RecordKind.APPOINTMENT_UPDATE, **settings)[-1]
    found = TRANSLATOR.appointment_after(record, context(**settings), known) or known
    assert found is not None  # noqa: S101
    return found


def patient(body: bytes, known: Patient | None = None, /, **settings: str) -> Patient:
    """The first patient after the message."""
    record = records(body, RecordKind.PATIENT_UPDATE, **settings)[0]
    found = TRANSLATOR.patient_after(record, context(**settings), known) or known
    assert found is not None  # noqa: S101
    return found


def received(body: bytes, profile: SenderProfile = GENERIC, /, **settings: str) -> Reception:
    """What is done with a body."""
    config = ConnectionConfig(connection_id="sample", base_url="", practice_zone=ZONE, settings=settings)
    return Hl7Receiver({}, profile).receive(body, config, now=NOW, answer_id="VS1")


def _numbered(changes: Mapping[str, str]) -> dict[int, str]:
    return {int(name.removeprefix("f")): value for name, value in changes.items()}
