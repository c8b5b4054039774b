"""What the people of a practice were told: once each, shown in the app, and the outbox from which it is mailed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection

from visitsync.storage.database import Transaction


class MailState(StrEnum):
    """How far the mail of a telling is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCLEAR = "unclear"
    """Whoever sent it died on the way, or the server did: it may have gone, so it does not go again."""
    GIVEN_UP = "given up"
    DROPPED = "dropped"
    """It was over, or nobody's any more, before it could go."""
    NONE = "none"
    """Only in the app."""


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that one person is told. Holds no patient data. Times are aware."""

    telling_id: UUID
    staff_id: UUID
    kind: str
    is_all_clear: bool = False
    title: str
    lines: tuple[str, ...] = ()
    leads_to: str
    """The page where one sees more, by name."""
    told_at: datetime
    good_until: datetime
    mail: MailState

    def __repr__(self) -> str:
        return f"Telling({self.telling_id})"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """That a person was told of something; nobody is told of the same `what` twice."""

    staff_id: UUID
    what: str
    concern_id: UUID | None = None
    telling_id: UUID | None = None


class ToMail(msgspec.Struct, frozen=True, kw_only=True):
    """A telling whose mail this worker alone may send now."""

    telling: Telling
    tries: int
    """This one included."""
    name: str
    sealed_email: bytes
    is_overtaken: bool
    """All that it tells of is over."""

    def __repr__(self) -> str:
        return f"ToMail({self.telling.telling_id})"


def take_turns(connection: Connection, now: datetime, *, pause: timedelta, at_most: int) -> list[tuple[UUID, str]]:
    """(practice, slug) of practices that nobody has looked after for `pause`; the next look is due after another."""
    connection.execute(
        """insert into telling_turn (tenant_id, due_at)
           select id, %s from tenant where not exists (select from telling_turn where tenant_id = tenant.id)
           on conflict do nothing""",
        (now,),
    )
    rows = connection.execute(
        """with due as (
               select tenant_id from telling_turn where due_at <= %(now)s or due_at > %(now)s + 2 * %(pause)s
               order by due_at limit %(most)s for update skip locked)
           update telling_turn as turn set due_at = %(now)s + %(pause)s
           from due join tenant on tenant.id = due.tenant_id where turn.tenant_id = due.tenant_id
           returning tenant.id, tenant.slug""",
        {"now": now, "pause": pause, "most": at_most},
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def alone(transaction: Transaction) -> bool:
    """Whether nobody else is telling this practice's people anything; until the transaction ends nobody will."""
    row = transaction.execute(
        "select pg_try_advisory_xact_lock(hashtextextended('telling ' || %s::text, 0))", (transaction.practice_id,)
    ).fetchone()
    return bool(row and row[0])


def told_of(transaction: Transaction, concerns: Collection[UUID]) -> set[tuple[UUID, str]]:
    """(person, what) of all that was told of these concerns."""
    rows = transaction.execute(
        "select staff_id, what from told where practice_id = %s and concern_id = any(%s)",
        (transaction.practice_id, list(concerns)),
    ).fetchall()
    return {(row[0], row[1]) for row in rows}


def who_was_told(transaction: Transaction, what: str) -> set[UUID]:
    """Everybody who was told of this."""
    rows = transaction.execute(
        "select staff_id from told where practice_id = %s and what = %s", (transaction.practice_id, what)
    ).fetchall()
    return {row[0] for row in rows}


def unmailed(transaction: Transaction, concerns: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """(person, concern) of those told only in the app so far: nothing about it has left for their mailbox."""
    rows = transaction.execute(
        """select told.staff_id, told.concern_id from told join telling using (practice_id, telling_id)
           where practice_id = %s and told.concern_id = any(%s) and not is_all_clear
           group by told.staff_id, told.concern_id
           having not bool_or(mail in ('sending', 'sent', 'unclear'))""",
        (transaction.practice_id, list(concerns)),
    ).fetchall()
    return {(row[0], row[1]) for row in rows}


def save(transaction: Transaction, tellings: Sequence[Telling], told: Sequence[Told], *, now: datetime) -> None:
    """Keeps what was told and that it was told. Raises UniqueViolation where somebody was told of it already."""
    practice_id = transaction.practice_id
    with transaction.cursor() as cursor:
        cursor.executemany(
            """insert into telling (practice_id, telling_id, staff_id, kind, is_all_clear, title, lines, leads_to,
                                    told_at, good_until, mail, next_try_at)
               values (%(practice_id)s, %(telling_id)s, %(staff_id)s, %(kind)s, %(is_all_clear)s, %(title)s,
                       %(lines)s, %(leads_to)s, %(told_at)s, %(good_until)s, %(mail)s, %(told_at)s)""",
            [msgspec.structs.asdict(one) | {"practice_id": practice_id, "lines": list(one.lines)} for one in tellings],
        )
        cursor.executemany(
            """insert into told (practice_id, staff_id, what, concern_id, telling_id, told_at)
               values (%s, %s, %s, %s, %s, %s)""",
            [(practice_id, one.staff_id, one.what, one.concern_id, one.telling_id, now) for one in told],
        )


def forget(transaction: Transaction, before: datetime) -> None:
    """Deletes what was told before then, with its keys."""
    parameters = (transaction.practice_id, before)
    transaction.execute("delete from telling where practice_id = %s and told_at < %s", parameters)
    transaction.execute(
        "delete from told where practice_id = %s and told_at < %s and telling_id is null and concern_id is null",
        parameters,
    )


def latest(transaction: Transaction, staff_id: UUID, *, at_most: int) -> list[Telling]:
    """What this person was told, the newest first."""
    rows = transaction.execute(
        f"""select {_COLUMNS} from telling where practice_id = %s and staff_id = %s
            order by told_at desc, telling_id limit %s""".encode(),
        (transaction.practice_id, staff_id, at_most),
    ).fetchall()
    return [_telling(row) for row in rows]


def take_to_mail(transaction: Transaction, now: datetime, *, takes: timedelta) -> ToMail | None:
    """The next mail that is due, as being sent from now on; commit before sending. None: nothing is due.

    Should its sender not come back within `takes`, nobody will know whether it went (see lost_on_the_way).
    """
    row = transaction.execute(
        f"""with due as (
                select telling_id from telling
                where practice_id = %(practice)s and mail = 'waiting' and next_try_at <= %(now)s
                order by next_try_at, telling_id limit 1 for update skip locked)
            update telling set mail = 'sending', tries = tries + 1, next_try_at = %(until)s
            from due, staff
            where telling.practice_id = %(practice)s and telling.telling_id = due.telling_id
              and staff.practice_id = telling.practice_id and staff.staff_id = telling.staff_id
            returning {_OF_TELLING}, tries, staff.name, staff.email,
                not is_all_clear
                and exists (select from told where told.practice_id = telling.practice_id
                            and told.telling_id = telling.telling_id and told.concern_id is not null)
                and not exists (select from told join concern using (practice_id, concern_id)
                                where told.practice_id = telling.practice_id
                                  and told.telling_id = telling.telling_id and concern.ended_at is null)""".encode(),
        {"practice": transaction.practice_id, "now": now, "until": now + takes},
    ).fetchone()
    if row is None:
        return None
    *telling, tries, name, email, is_overtaken = row
    return ToMail(telling=_telling(telling), tries=tries, name=name, sealed_email=email, is_overtaken=is_overtaken)


def settle(
    transaction: Transaction, telling_id: UUID, mail: MailState, *, now: datetime, next_try_at: datetime | None = None
) -> None:
    """What became of a mail that this worker was sending; `next_try_at` for one that waits again."""
    mailed_at = now if mail is MailState.SENT else None
    transaction.execute(
        """update telling set mail = %s, mailed_at = %s, next_try_at = coalesce(%s, next_try_at)
           where practice_id = %s and telling_id = %s and mail = 'sending'""",
        (mail, mailed_at, next_try_at, transaction.practice_id, telling_id),
    )


def lost_on_the_way(transaction: Transaction, now: datetime) -> list[UUID]:
    """Those whose sender never came back: from now on they are unclear, and never sent again."""
    return _changed(
        transaction,
        "update telling set mail = 'unclear' where practice_id = %(practice)s and mail = 'sending'"
        " and next_try_at < %(now)s returning telling_id",
        now,
    )


def too_old_to_mail(transaction: Transaction, now: datetime) -> list[UUID]:
    """Those that still waited when nobody needed them any more: given up from now on."""
    return _changed(
        transaction,
        "update telling set mail = 'given up' where practice_id = %(practice)s and mail = 'waiting'"
        " and good_until < %(now)s returning telling_id",
        now,
    )


def _changed(transaction: Transaction, statement: LiteralString, now: datetime) -> list[UUID]:
    rows = transaction.execute(statement, {"practice": transaction.practice_id, "now": now}).fetchall()
    return [row[0] for row in rows]


_COLUMNS = ", ".join(Telling.__struct_fields__)
_OF_TELLING = ", ".join(f"telling.{name}" for name in Telling.__struct_fields__)


def _telling(row: Iterable[Any]) -> Telling:
    fields = dict(zip(Telling.__struct_fields__, row, strict=True))
    return Telling(**fields | {"lines": tuple(fields["lines"]), "mail": MailState(fields["mail"])})
