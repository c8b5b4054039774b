"""Answers to messages: MSH, MSA and, from version 2.5 on, ERR (hl7v2 reference, section 3). Never with patient data."""

from datetime import datetime

from visitsync.connector_kit.hl7v2.delimiters import USUAL, Delimiters
from visitsync.connector_kit.hl7v2.message import Message
from visitsync.connector_kit.hl7v2.refusals import Refusal
from visitsync.domain.local_time import zone_named

OUR_APPLICATION = "VISITSYNC"
OLDEST = "2.3"
"""The version in which something is answered that tells no version."""

# Enhanced mode, MSH-15: whether a good or a bad message is answered.
_WANTED = {"AL": (True, True), "": (True, True), "NE": (False, False), "ER": (False, True), "SU": (True, False)}
_COMMIT = {"AA": "CA", "AE": "CE", "AR": "CR"}


def acknowledgement(
    message: Message | None, refusal: Refusal | None, *, mode: str, now: datetime, zone: str, answer_id: str
) -> bytes:
    """The answer to one message; b"" where its sender wants none. `now` is aware, `mode` the setting ack_mode.

    `message` None: what came cannot be read as HL7 at all.
    """
    code = "AA" if refusal is None else "AR" if refusal.is_rejection else "AE"
    if message is not None and mode == "enhanced":
        code = _commit_code(message, code)
        if not code:
            return b""
    stamp = now.astimezone(zone_named(zone))
    written = f"{stamp:%Y%m%d%H%M%S}.{stamp.microsecond // 1000:03d}{stamp:%z}"
    marks = USUAL if message is None else message.delimiters
    segments = [_header(message, marks, written, answer_id), _verdict(message, marks, code, refusal)]
    if refusal is not None and _version(message) >= (2, 5):
        segments.append(_error(refusal, marks))
    return ("\r".join(segments) + "\r").encode()


def _commit_code(message: Message, code: str) -> str:
    """CA, CE or CR as MSH-15 asks; where it asks for none but MSH-16 for one, that one; else nothing."""
    is_good = code == "AA"
    accept, application = message.header.value(15).upper(), message.header.value(16).upper()
    if _WANTED.get(accept, _WANTED["AL"])[0 if is_good else 1]:
        return _COMMIT[code]
    return code if application and _WANTED.get(application, _WANTED["NE"])[0 if is_good else 1] else ""


def _header(message: Message | None, marks: Delimiters, written: str, answer_id: str) -> str:
    component = marks.component
    encoding = f"{component}{marks.repetition}{marks.escape}{marks.subcomponent}"
    if message is None:
        fields = ["MSH", encoding, OUR_APPLICATION, OUR_APPLICATION, "", "", written, "", "ACK", answer_id, "P", OLDEST]
        return marks.field.join(fields)
    header = message.header
    version = header.raw(12) or OLDEST
    kind = "ACK" if _version(message) < (2, 3, 1) else component.join(("ACK", message.event, "ACK"))
    fields = [
        "MSH", encoding, header.raw(5) or OUR_APPLICATION, header.raw(6) or OUR_APPLICATION, header.raw(3),
        header.raw(4), written, "", kind, answer_id, header.raw(11) or "P", version,
    ]  # fmt: skip
    return marks.field.join(fields)


def _verdict(message: Message | None, marks: Delimiters, code: str, refusal: Refusal | None) -> str:
    control_id = "" if message is None else message.header.raw(10)
    fields = ["MSA", code, control_id]
    if refusal is not None:
        fields.append(_safe(refusal.words, marks))
    return marks.field.join(fields)


def _error(refusal: Refusal, marks: Delimiters) -> str:
    component = marks.component
    code = component.join((*refusal.code, "HL70357"))
    location = refusal.location.replace("^", component)
    return marks.field.join(("ERR", "", location, code, "E", "", "", "", _safe(refusal.reason, marks)))


def _safe(text: str, marks: Delimiters) -> str:
    """Our own words without anything that structures a message."""
    for mark in (marks.field, marks.component, marks.repetition, marks.escape, marks.subcomponent, "\r", "\n"):
        text = text.replace(mark, " ")
    return text


def _version(message: Message | None) -> tuple[int, ...]:
    parts = (OLDEST if message is None else message.version or OLDEST).split(".")
    return tuple(int(part) for part in parts if part.isascii() and part.isdigit())
