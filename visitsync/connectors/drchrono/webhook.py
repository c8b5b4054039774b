"""DrChrono's webhooks: the verification handshake, the signature, and the hint where to look (section 8). Pure.

A delivery proves that DrChrono sent it, not that its field values are true or new: only ids are taken from it, and the
records are fetched.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, read_members
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors.drchrono.drift import optional_id
from visitsync.connectors.drchrono.payloads import WEBHOOK_OBJECTS

LONGEST_MESSAGE = 1024
EVENT, SIGNATURE, DELIVERY = "x-drchrono-event", "x-drchrono-signature", "x-drchrono-delivery"
KINDS = {"APPOINTMENT": RecordKind.APPOINTMENT, "PATIENT": RecordKind.PATIENT}
CHANGES = frozenset({"CREATE", "MODIFY", "DELETE"})


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """Something may have changed in DrChrono; look there."""

    event: str
    delivery_id: str
    """DrChrono's number of the delivery, the same at each repetition; a digest of the body where it has none."""
    kind: RecordKind | None = None
    """None: nothing that concerns us (a ping, a task, a note)."""
    record_id: str | None = None
    doctor_id: str | None = None
    office_id: str | None = None
    """Deliveries name no practice: doctor and office tell which connection is meant."""


def challenge_answer(message: str, secret: str) -> dict[str, str] | None:
    """The JSON to answer the console's `GET <callback>?msg=…` with; None for a message that cannot be one.

    Only a digest goes back, never the message itself.
    """
    if not 0 < len(message) <= LONGEST_MESSAGE:
        return None
    return {"secret_token": _digest(secret, message.encode("utf-8", "surrogatepass"))}


def is_genuine(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[str], *, accepts_digest: bool = False
) -> bool:
    """Whether the delivery carries one of the secret tokens, in constant time. Header names in lower case.

    The documented signature is the secret token itself; with `accepts_digest` also hex HMAC-SHA256 of the body.
    Several secrets: the old and the new one while a practice changes it.
    """
    given = headers.get(SIGNATURE, "").encode("utf-8", "surrogatepass")
    fine = False
    for secret in secrets:
        fine |= bool(secret) and hmac.compare_digest(given, secret.encode())
        if accepts_digest:
            fine |= bool(secret) and hmac.compare_digest(given, _digest(secret, body).encode())
    return fine


def read_hint(headers: Mapping[str, str], body: bytes) -> Hint:
    """Where to look. Header names in lower case. Raises AnswerUnreadable for a body that is no delivery."""
    event = headers.get(EVENT, "").strip().upper()[:80]
    delivery_id = _delivery_id(headers, body)
    thing, _, change = event.rpartition("_")
    members = read_members(body)
    kind = KINDS.get(thing) if change in CHANGES else None
    if kind is None:
        return Hint(event=event, delivery_id=delivery_id)
    try:
        found = decode_record(members.get("object", b""), WEBHOOK_OBJECTS, identity=("id", "doctor", "office"))
        return Hint(
            event=event,
            delivery_id=delivery_id,
            kind=kind,
            record_id=optional_id(found.id),
            doctor_id=optional_id(found.doctor),
            office_id=optional_id(found.office),
        )
    except RecordUnreadable as error:
        raise AnswerUnreadable("The delivery's object cannot be told apart.") from error


def _delivery_id(headers: Mapping[str, str], body: bytes) -> str:
    given = headers.get(DELIVERY, "").strip()
    return given if given.isprintable() and 0 < len(given) <= 100 else hashlib.sha256(body).hexdigest()


def _digest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
