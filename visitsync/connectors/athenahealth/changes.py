"""Reads a feed that hands out every change once: nothing is lost with a lost answer, and a second reader is noticed.

athenahealth marks what it hands out as processed for this key (reference, section 7). So a reading

1. looks without using anything up; where there is nothing, that is all (one request);
2. takes what there is until an answer is empty, page after page, each committed before the next;
3. replays what was handed out since the last good reading wherever that may have got lost, and now and then anyway.

Rows that a replay shows and that never came here, although every reading ended well, went to somebody else.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from visitsync.connector_kit.connector import Clock
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsPermission, RecordUnreadable
from visitsync.connector_kit.json_rows import JsonRow, decode_record, record_id
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.athenahealth import bookmarks
from visitsync.connectors.athenahealth.asking import JSON, NotSubscribed
from visitsync.connectors.athenahealth.bookmarks import FeedMark
from visitsync.connectors.athenahealth.lists import ListPage, Lists
from visitsync.connectors.athenahealth.patients import HANDED_AT
from visitsync.connectors.athenahealth.payloads import PATIENT_IDENTITIES, SLOTS
from visitsync.connectors.athenahealth.subscriptions import Subscriptions
from visitsync.connectors.athenahealth.translate import FEED

USED_ELSEWHERE = "key-used-elsewhere"
GAP = timedelta(minutes=12)
"""Readings come every five minutes. After a longer pause one of them has failed, and what it was handed may be lost."""
LOOKS_EVERY = timedelta(hours=6)
"""How often the subscription is looked at."""
STAYS_SUSPICIOUS = timedelta(hours=24)
AGAIN = 2
"""So often must rows have gone elsewhere within that time before the next time is told."""
SKEW = timedelta(minutes=1)
"""By how much athenahealth's clock and ours may differ."""
MOST_BATCHES = 2_000


class Rhythm(NamedTuple):
    """How a feed is read; the settings of these names."""

    looks_first: bool
    replays_every: timedelta
    overlap: timedelta


class FollowUp(Protocol):
    """What is asked for because of what a batch held."""

    def after(self, rows: Sequence[JsonRow], mark: FeedMark) -> Iterator[tuple[FetchedPage, FeedMark]]:
        """Further pages, each with the mark as it is after it."""


class Feed:
    """One feed of one connection."""

    def __init__(
        self,
        name: str,
        lists: Lists,
        subscriptions: Subscriptions,
        clock: Clock,
        rhythm: Rhythm,
        params: Mapping[str, str],
        follow_up: FollowUp,
    ) -> None:
        """`name`: appointments or patients, as in the address; `params`: what every request says besides."""
        self._name = name
        self._path = f"{name}/changed"
        self._kind = RecordKind.APPOINTMENT if name == "appointments" else RecordKind.PATIENT
        self._lists = lists
        self._subscriptions = subscriptions
        self._clock = clock
        self._rhythm = rhythm
        self._params = params
        self._follow_up = follow_up

    def read(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every change not handed out yet, and again what may have got lost.

        Raises NeedsPermission without a (complete) subscription that we may not make, and the errors of asking.
        """
        now = self._clock()
        mark = bookmarks.feed_mark(bookmark, now)
        replays = self._must_replay(mark, now)
        trouble = self._look_at_subscription(mark, now)
        looked_at = now if trouble == "" else mark.looked_at
        complete_since = mark.complete_since if _ended_well(mark, now) else now
        opened = msgspec.structs.replace(mark, is_open=True, looked_at=looked_at, complete_since=complete_since)
        fresh: set[str] = set()
        for page in self._unread():
            ids = self._ids(page)
            fresh.update(ids)
            opened = self._remembering(opened, ids, now)
            is_last = page.following is None and not replays
            yield self._page(page, _closed(opened, now) if is_last else opened, now)
            for more, mark_then in self._follow_up.after(page.rows, opened):
                opened = mark_then
                yield _with_mark(more, _closed(opened, now) if is_last else opened)
        if replays:
            yield from self._replay(mark, opened, fresh, now)
        if trouble:
            raise NeedsPermission(trouble)

    def _must_replay(self, mark: FeedMark, now: datetime) -> bool:
        just_suspected = bool(mark.suspected_at) and mark.replayed_at <= mark.suspected_at[-1]
        return (
            not _ended_well(mark, now)
            or mark.wants_replay
            or just_suspected
            or now - mark.replayed_at >= self._rhythm.replays_every
        )

    def _unread(self) -> Iterator[ListPage]:
        """Batch after batch until one is empty; no offset is ever sent. `following` is None on the last.

        Neither a short batch nor `totalcount` says for certain that there is no more (section 7, 8 and section 14).
        """
        if self._rhythm.looks_first:
            page = self._first({"leaveunprocessed": "true"})
            if not page.rows:
                yield page._replace(following=None)
                return
            yield page._replace(following=0)
        page = self._first({})
        body = b""
        for _ in range(MOST_BATCHES):
            if page.rows and page.answer.body == body:
                raise AnswerUnreadable(f"{self._path}: athenahealth hands out the same changes again and again.")
            yield page._replace(following=0 if page.rows else None)
            if not page.rows:
                return
            body = page.answer.body
            page = self._batch({})
        raise AnswerUnreadable(f"{self._path}: the changes never end.")

    def _first(self, params: Mapping[str, str]) -> ListPage:
        """A batch; where nobody has subscribed yet, that is done first, if we may."""
        try:
            return self._batch(params)
        except NotSubscribed:
            trouble = self._subscriptions.trouble(self._name, urgency=Urgency.ROUTINE)
            if trouble:
                raise NeedsPermission(trouble) from None
            return self._batch(params)

    def _batch(self, params: Mapping[str, str]) -> ListPage:
        return self._lists.page(self._path, self._name, {**self._params, **params}, urgency=Urgency.ROUTINE)

    def _replay(self, mark: FeedMark, opened: FeedMark, fresh: set[str], now: datetime) -> Iterator[FetchedPage]:
        """What was handed out since the last good reading, or the last replay; then whether anybody else took part.

        `fresh`: the ids that were handed out in this reading.
        """
        since = max(min(mark.read_at, mark.replayed_at), now - bookmarks.LONGEST_REPLAY) - self._rhythm.overlap
        known, strangers = bookmarks.remembered(opened), set[str]()
        for page in self._processed(since, None):
            ids = self._ids(page)
            new = [one for one in ids if bookmarks.digest(one) not in known]
            strangers.update(new)
            opened = self._remembering(opened, new, now)
            is_last = page.following is None and not strangers
            is_news = bool(new) or not _ended_well(mark, now) or not fresh.isdisjoint(ids)
            yield self._page(page, _replayed(opened, now) if is_last else opened, now if is_news else None)
        if strangers:
            yield from self._judge_strangers(mark, opened, strangers, max(since, opened.complete_since + SKEW), now)

    def _judge_strangers(
        self, mark: FeedMark, opened: FeedMark, strangers: set[str], since: datetime, now: datetime
    ) -> Iterator[FetchedPage]:
        """Asks once more, for what was handed out before this reading only: a replay may hand out new changes, too.

        Once may have been ourselves, in a process that died; again and again within a day is somebody else.
        """
        if since >= now - SKEW or not bookmarks.clocks_agree(since, now):
            yield self._empty(_replayed(opened, now))
            return
        done = _replayed(opened, now)
        is_again = len(done.suspected_at) >= AGAIN
        for page in self._processed(since, now - SKEW):
            shows_it = not strangers.isdisjoint(self._ids(page))
            if shows_it and now not in done.suspected_at:
                done = msgspec.structs.replace(done, suspected_at=(*done.suspected_at, now)[-AGAIN:])
            notices = (USED_ELSEWHERE,) if shows_it and is_again else ()
            yield self._page(page, done if page.following is None else opened, notices=notices)

    def _processed(self, since: datetime, until: datetime | None) -> Iterator[ListPage]:
        """What was handed out before, in a window of time; here offsets are good."""
        window = {"showprocessedstartdatetime": bookmarks.eastern(since)}
        if until is not None:
            window["showprocessedenddatetime"] = bookmarks.eastern(until)
        return self._lists.pages(self._path, self._name, {**self._params, **window}, urgency=Urgency.ROUTINE)

    def _look_at_subscription(self, mark: FeedMark, now: datetime) -> str | None:
        """What is missing of it, "" if nothing; None where it need not be looked at yet."""
        if now - mark.looked_at < LOOKS_EVERY:
            return None
        return self._subscriptions.trouble(self._name, urgency=Urgency.ROUTINE)

    def _remembering(self, mark: FeedMark, ids: Sequence[str], now: datetime) -> FeedMark:
        return bookmarks.remembering(mark, ids, now, overlap=self._rhythm.overlap)

    def _ids(self, page: ListPage) -> list[str]:
        return ids_of(page.rows, self._kind)

    def _page(
        self, page: ListPage, mark: FeedMark, handed_at: datetime | None = None, *, notices: tuple[str, ...] = ()
    ) -> FetchedPage:
        """`handed_at`: now, where the page may hold something that was not taken in before."""
        asked = {FEED: self._name} | ({} if handed_at is None else {HANDED_AT: handed_at.isoformat()})
        return FetchedPage(
            kind=self._kind,
            body=page.answer.body,
            media_type=JSON,
            asked=asked,
            bookmark=bookmarks.write(mark),
            notices=notices,
        )

    def _empty(self, mark: FeedMark) -> FetchedPage:
        """A page of ours, which says nothing and moves the bookmark."""
        body = msgspec.json.encode({"totalcount": 0, self._name: []})
        page = FetchedPage(kind=self._kind, body=body, media_type=JSON, asked={FEED: self._name})
        return _with_mark(page, mark)


def _ended_well(mark: FeedMark, now: datetime) -> bool:
    """Whether no reading since this mark can have failed."""
    return not mark.is_open and now - mark.read_at <= GAP


def _closed(opened: FeedMark, now: datetime) -> FeedMark:
    return msgspec.structs.replace(opened, read_at=now, is_open=False)


def _replayed(opened: FeedMark, now: datetime) -> FeedMark:
    suspected_at = tuple(at for at in opened.suspected_at if now - at <= STAYS_SUSPICIOUS)
    closed = _closed(opened, now)
    return msgspec.structs.replace(closed, replayed_at=now, wants_replay=False, suspected_at=suspected_at)


def _with_mark(page: FetchedPage, mark: FeedMark) -> FetchedPage:
    return msgspec.structs.replace(page, bookmark=bookmarks.write(mark))


def ids_of(rows: Sequence[JsonRow], kind: RecordKind) -> list[str]:
    """The ids of a page's rows, as far as they can be read."""
    found = []
    for row in rows:
        with suppress(RecordUnreadable):
            if kind is RecordKind.APPOINTMENT:
                found.append(record_id(decode_record(row.body, SLOTS).appointmentid))
            else:
                found.append(record_id(decode_record(row.body, PATIENT_IDENTITIES).patientid))
    return found
