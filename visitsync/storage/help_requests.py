"""Requests for help with an answer: facts without patients, a sealed note, and what became of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from psycopg.types.json import Jsonb

from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault, place

LONGEST_NOTE = 1_000
STATES = ("open", "answered", "closed")


class NoSuchRequest(LookupError):
    """The practice has no such request."""


class HelpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request; times are aware, UTC."""

    request_id: UUID
    case_id: str
    connection_id: UUID
    appointment_id: str
    facts: Mapping[str, str]
    note: str
    staff_id: UUID
    asked_by: str
    """The name of the staff member."""
    asked_at: datetime
    state: str
    """One of STATES."""
    state_by: str | None
    """The name of whoever said so last."""
    state_at: datetime | None
    mailed_at: datetime | None

    def __repr__(self) -> str:
        return f"HelpRequest({self.case_id})"


def add(
    transaction: Transaction, vault: Vault, *, case_id: str, connection_id: UUID, appointment_id: str,
    facts: Mapping[str, str], note: str, staff_id: UUID, now: datetime,
) -> UUID:  # fmt: skip
    """Keeps a request; the note is cut after LONGEST_NOTE. The case id must be new in the practice."""
    request_id = uuid4()
    text = note.replace("\0", " ").strip()[:LONGEST_NOTE].encode("utf-8", "replace")
    transaction.execute(
        """insert into help_request (practice_id, request_id, case_id, connection_id, appointment_id, facts, note,
                                     staff_id, asked_at)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            transaction.practice_id,
            request_id,
            case_id,
            connection_id,
            appointment_id,
            Jsonb([list(pair) for pair in facts.items()]),
            vault.seal(text, note_place(transaction.practice_id, request_id)) if text else None,
            staff_id,
            now,
        ),
    )
    return request_id


def is_taken(transaction: Transaction, case_id: str) -> bool:
    """Whether the practice has a request of that case id."""
    found = transaction.execute(
        "select 1 from help_request where practice_id = %s and case_id = %s", (transaction.practice_id, case_id)
    )
    return found.fetchone() is not None


def latest(transaction: Transaction, vault: Vault, *, at_most: int) -> list[HelpRequest]:
    """The newest requests; open ones first."""
    order = "(state = 'open') desc, asked_at desc, request_id limit %(at_most)s"
    return _select(transaction, vault, "true", order, {"at_most": at_most})


def of_appointment(
    transaction: Transaction, vault: Vault, connection_id: UUID, appointment_id: str
) -> list[HelpRequest]:
    """What was asked about one appointment, the newest first."""
    where = "connection_id = %(connection)s and appointment_id = %(appointment)s"
    parameters = {"connection": connection_id, "appointment": appointment_id}
    return _select(transaction, vault, where, "asked_at desc limit 5", parameters)


def find(transaction: Transaction, vault: Vault, request_id: UUID) -> HelpRequest:
    """One request. Raises NoSuchRequest."""
    found = _select(transaction, vault, "request_id = %(request)s", "asked_at", {"request": request_id})
    if not found:
        raise NoSuchRequest("The practice has no such request.")
    return found[0]


def set_state(transaction: Transaction, request_id: UUID, state: str, *, staff_id: UUID, now: datetime) -> None:
    """Says how it stands. Raises NoSuchRequest."""
    changed = transaction.execute(
        """update help_request set state = %s, state_by = %s, state_at = %s
           where practice_id = %s and request_id = %s""",
        (state, staff_id, now, transaction.practice_id, request_id),
    )
    if not changed.rowcount:
        raise NoSuchRequest("The practice has no such request.")


def mailed(transaction: Transaction, request_id: UUID, *, now: datetime) -> None:
    """A mail server has taken it."""
    transaction.execute(
        "update help_request set mailed_at = %s where practice_id = %s and request_id = %s",
        (now, transaction.practice_id, request_id),
    )


def note_place(practice_id: UUID, request_id: UUID) -> bytes:
    """Where a sealed note belongs."""
    return place("help_request.note", practice_id, request_id)


def _select(
    transaction: Transaction, vault: Vault, where: str, order: str, parameters: Mapping[str, Any]
) -> list[HelpRequest]:
    rows = transaction.execute(
        f"""select request_id, case_id, connection_id, appointment_id, facts, note, one.staff_id, staff.name, asked_at,
                   state, teller.name, state_at, mailed_at
            from help_request as one
            join staff on staff.practice_id = one.practice_id and staff.staff_id = one.staff_id
            left join staff as teller on teller.practice_id = one.practice_id and teller.staff_id = one.state_by
            where one.practice_id = %(practice)s and {where} order by {order}""".encode(),
        {**parameters, "practice": transaction.practice_id},
    ).fetchall()
    return [_opened(vault, transaction.practice_id, row) for row in rows]


def _opened(vault: Vault, practice_id: UUID, row: Any) -> HelpRequest:
    fields = dict(zip(HelpRequest.__struct_fields__, row, strict=True))
    sealed = fields.pop("note")
    note = vault.open(sealed, note_place(practice_id, fields["request_id"])).decode() if sealed else ""
    return HelpRequest(**fields | {"facts": dict(fields["facts"]), "note": note})
