"""A trail that somebody tampered with is told from one that nobody did, every time."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.storage.audit_chain import NO_HASH, Anchor, Chain, ChainedRow, Damage, Finding, Head, Verification, Walk
from visitsync.storage.audit_entry import TEXTS, Entry, Who, WhoKind, written
from visitsync.storage.keyring import Keyring
from visitsync.storage.vault import Vault

PRACTICE = UUID("0d3a3f3b-6a9a-4c55-9d0e-4a1f1c7e0b11")
OTHER_PRACTICE = UUID("7a1c7b52-0d5e-4f0b-8a43-9b7a1e2c3d44")
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
LENGTH = 16


def vault(letter: bytes) -> Vault:
    return Vault(Keyring(index_key=letter * 32, data_keys={1: b"d" * 32}, sealing_key_id=1))


OURS = vault(b"o")
CHAIN = Chain(OURS)


class Trail(msgspec.Struct):
    """What lies in the database, open to whoever can write there."""

    rows: list[ChainedRow]
    head: Head | None

    def change_head(self, **changes: object) -> None:
        assert self.head is not None
        self.head = msgspec.structs.replace(self.head, **changes)

    def verified(self, *anchors: Anchor, practice_id: UUID = PRACTICE) -> Verification:
        walk = Walk(CHAIN, practice_id, self.head, anchors)
        for row in sorted(self.rows, key=lambda row: row.number):
            walk.take(row)
        return walk.finish(self.head)


def trail(practice_id: UUID = PRACTICE, *, by: Vault = OURS, length: int = LENGTH) -> Trail:
    chain, rows, last = Chain(by), list[ChainedRow](), NO_HASH
    for number in range(1, length + 1):
        entry = Entry(
            at=NOW + timedelta(seconds=number),
            who=Who(WhoKind.STAFF, f"staff-{number % 3}", "Alma Brandt"),
            act="search",
            object_kind="appointment",
            object_id=f"a{number}",
            why="find",
            details={"searched": f"Quux {number}"} if number % 2 else {},
            request_id=f"r{number}",
            address="192.0.2.7",
        )
        rows.append(written(entry, chain, by, practice_id=practice_id, number=number, previous_hash=last))
        last = rows[-1].hash
    return Trail(rows, chain.head(practice_id, length, last))


UNTOUCHED = trail()
OF_ANOTHER = trail(OTHER_PRACTICE)
FORGED = trail(by=vault(b"f"))
ANCHOR = Anchor(LENGTH, UNTOUCHED.rows[-1].hash)

Tamper = Callable[[Trail, random.Random], None]


def change(trail: Trail, chance: random.Random, **changes: object) -> None:
    at = chance.randrange(len(trail.rows))
    trail.rows[at] = msgspec.structs.replace(trail.rows[at], **changes)


def flipped(value: bytes, chance: random.Random) -> bytes:
    bit = chance.randrange(len(value) * 8)
    return (int.from_bytes(value) ^ 1 << bit).to_bytes(len(value))


def change_text(trail: Trail, chance: random.Random) -> None:
    at, column = chance.randrange(len(trail.rows)), chance.randrange(len(TEXTS))
    texts = list(trail.rows[at].texts)
    texts[column] += chance.choice(["x", " ", "\N{ZERO WIDTH SPACE}"])
    trail.rows[at] = msgspec.structs.replace(trail.rows[at], texts=tuple(texts))


def move_text_to_the_next_column(trail: Trail, chance: random.Random) -> None:
    at, column = chance.randrange(len(trail.rows)), chance.randrange(len(TEXTS) - 1)
    texts = list(trail.rows[at].texts)
    texts[column], texts[column + 1] = texts[column][:-1], texts[column][-1:] + texts[column + 1]
    trail.rows[at] = msgspec.structs.replace(trail.rows[at], texts=tuple(texts))


def change_time(trail: Trail, chance: random.Random) -> None:
    at = chance.randrange(len(trail.rows))
    moved = chance.choice([str(int(trail.rows[at].at) + chance.choice([-1, 1, 3_600_000_000])), "Infinity", ""])
    trail.rows[at] = msgspec.structs.replace(trail.rows[at], at=moved)


def change_details(trail: Trail, chance: random.Random) -> None:
    at = chance.randrange(len(trail.rows))
    details = trail.rows[at].details
    otherwise = [b"", OF_ANOTHER.rows[0].details] if details is None else [None, b"", flipped(details, chance)]
    trail.rows[at] = msgspec.structs.replace(trail.rows[at], details=chance.choice(otherwise))


def change_hash(trail: Trail, chance: random.Random) -> None:
    at = chance.randrange(len(trail.rows))
    trail.rows[at] = msgspec.structs.replace(trail.rows[at], hash=flipped(trail.rows[at].hash, chance))


def change_previous_hash(trail: Trail, chance: random.Random) -> None:
    change(trail, chance, previous_hash=chance.randbytes(32))


def renumber(trail: Trail, chance: random.Random) -> None:
    change(trail, chance, number=LENGTH + chance.randrange(1, 9))


def remove(trail: Trail, chance: random.Random) -> None:
    first = chance.randrange(len(trail.rows))
    del trail.rows[first : first + chance.randrange(1, 4)]


def remove_and_close_the_gap(trail: Trail, chance: random.Random) -> None:
    gone = chance.randrange(len(trail.rows) - 1)
    kept = trail.rows[:gone] + trail.rows[gone + 1 :]
    trail.rows = [msgspec.structs.replace(row, number=number) for number, row in enumerate(kept, start=1)]


def swap(trail: Trail, chance: random.Random) -> None:
    one, other = chance.sample(range(len(trail.rows)), 2)
    a, b = trail.rows[one], trail.rows[other]
    trail.rows[one] = msgspec.structs.replace(b, number=a.number)
    trail.rows[other] = msgspec.structs.replace(a, number=b.number)


def swap_with_links(trail: Trail, chance: random.Random) -> None:
    """As above, with each in the other's place of the chain of stored hashes."""
    one, other = chance.sample(range(len(trail.rows)), 2)
    a, b = trail.rows[one], trail.rows[other]
    places = ({"number": row.number, "previous_hash": row.previous_hash, "hash": row.hash} for row in (a, b))
    trail.rows[one], trail.rows[other] = (
        msgspec.structs.replace(row, **place) for row, place in zip((b, a), places, strict=True)
    )


def insert_a_copy(trail: Trail, chance: random.Random) -> None:
    at = chance.randrange(len(trail.rows))
    wider = [*trail.rows[:at], chance.choice(trail.rows), *trail.rows[at:]]
    trail.rows = [msgspec.structs.replace(row, number=number) for number, row in enumerate(wider, start=1)]


def add_a_forged_one(trail: Trail, chance: random.Random) -> None:
    last = trail.rows[-1]
    row = msgspec.structs.replace(last, number=last.number + 1, previous_hash=last.hash, hash=b"")
    trail.rows.append(Chain(vault(chance.randbytes(1))).linked(row))


def replay_from_another_practice(trail: Trail, chance: random.Random) -> None:
    at = chance.randrange(len(trail.rows))
    claimed = chance.choice([PRACTICE, OTHER_PRACTICE])
    trail.rows[at] = msgspec.structs.replace(OF_ANOTHER.rows[at], practice_id=claimed)


def replace_all_by_another_practice(trail: Trail, chance: random.Random) -> None:
    trail.rows = [msgspec.structs.replace(row, practice_id=PRACTICE) for row in OF_ANOTHER.rows]
    trail.head = OF_ANOTHER.head
    trail.change_head(practice_id=PRACTICE)


def write_all_anew(trail: Trail, chance: random.Random) -> None:
    """Consistently, but with another keyring; the head goes with it or stays."""
    trail.rows = list(FORGED.rows)
    trail.head = chance.choice([FORGED.head, trail.head])


def cut(trail: Trail, chance: random.Random) -> None:
    del trail.rows[chance.randrange(len(trail.rows)) :]


def cut_and_set_the_head(trail: Trail, chance: random.Random) -> None:
    cut(trail, chance)
    trail.change_head(count=len(trail.rows), hash=trail.rows[-1].hash if trail.rows else NO_HASH)


def cut_and_put_back_an_older_head(trail: Trail, chance: random.Random) -> None:
    cut(trail, chance)
    trail.head = CHAIN.head(PRACTICE, len(trail.rows), trail.rows[-1].hash if trail.rows else NO_HASH)


def remove_everything(trail: Trail, chance: random.Random) -> None:
    trail.rows, trail.head = [], None


def remove_the_head(trail: Trail, chance: random.Random) -> None:
    trail.head = None


def put_back_an_older_head(trail: Trail, chance: random.Random) -> None:
    count = chance.randrange(LENGTH)
    trail.head = CHAIN.head(PRACTICE, count, trail.rows[count - 1].hash if count else NO_HASH)


def change_the_head(trail: Trail, chance: random.Random) -> None:
    assert trail.head is not None
    changes: Sequence[dict[str, object]] = (
        {"count": LENGTH + 1},
        {"hash": chance.randbytes(32)},
        {"seal": flipped(trail.head.seal, chance)},
    )
    trail.change_head(**chance.choice(changes))


NEED_AN_ANCHOR: tuple[Tamper, ...] = (cut_and_put_back_an_older_head, remove_everything)
TAMPERS: tuple[Tamper, ...] = (
    change_text, move_text_to_the_next_column, change_time, change_details, change_hash, change_previous_hash, renumber,
    remove, remove_and_close_the_gap, swap, swap_with_links, insert_a_copy, add_a_forged_one,
    replay_from_another_practice, replace_all_by_another_practice, write_all_anew, cut, cut_and_set_the_head,
    remove_the_head, put_back_an_older_head, change_the_head,
)  # fmt: skip


def test_an_untouched_trail_is_intact() -> None:
    older = Anchor(5, UNTOUCHED.rows[4].hash)
    assert UNTOUCHED.verified(ANCHOR, older, Anchor(0, NO_HASH)) == Verification(entries=LENGTH, findings=(), further=0)
    assert OF_ANOTHER.verified(practice_id=OTHER_PRACTICE).is_intact
    assert Trail([], None).verified().is_intact


def test_every_one_of_ten_thousand_tampers_is_found() -> None:
    chance, missed = random.Random(98), Counter[str]()
    for number in range(10_000):
        tamper = (*TAMPERS, *NEED_AN_ANCHOR)[number % (len(TAMPERS) + len(NEED_AN_ANCHOR))]
        tampered = Trail(list(UNTOUCHED.rows), UNTOUCHED.head)
        tamper(tampered, chance)
        anchors = (ANCHOR,) if tamper in NEED_AN_ANCHOR else ()
        missed[tamper.__name__] += tampered.verified(*anchors).is_intact
    assert +missed == Counter()


@pytest.mark.parametrize("tamper", NEED_AN_ANCHOR)
def test_an_earlier_state_put_back_whole_is_found_by_an_anchor_alone(tamper: Tamper) -> None:
    tampered = Trail(list(UNTOUCHED.rows), UNTOUCHED.head)
    tamper(tampered, random.Random(1))
    assert tampered.verified().is_intact
    assert tampered.verified(ANCHOR).findings == (Finding(Damage.ANCHOR, LENGTH, LENGTH),)


def test_a_finding_says_which_entries_it_is_about() -> None:
    tampered = Trail([row for row in UNTOUCHED.rows if row.number not in {4, 5, 6}], UNTOUCHED.head)
    tampered.rows[9] = msgspec.structs.replace(tampered.rows[9], details=b"another")
    found = tampered.verified().findings
    assert [one.sentence for one in found] == [
        "Missing: entries 4 to 6.",
        "Changed since it was written: entry 13.",
    ]


def test_a_wholly_foreign_trail_is_told_in_a_bounded_list() -> None:
    long = trail(by=vault(b"f"), length=150)
    found = long.verified()
    assert (len(found.findings), found.further) == (100, 51)


@given(
    st.lists(st.text(max_size=4), min_size=len(TEXTS), max_size=len(TEXTS)),
    st.lists(st.text(max_size=4), min_size=len(TEXTS), max_size=len(TEXTS)),
)
def test_rows_that_differ_in_their_texts_differ_in_their_hash(one: list[str], other: list[str]) -> None:
    def hash_of(texts: list[str]) -> bytes:
        return CHAIN.hash_of(msgspec.structs.replace(UNTOUCHED.rows[0], texts=tuple(texts)))

    assert (hash_of(one) == hash_of(other)) == (one == other)


@pytest.mark.parametrize("text", ["12:" + "ab" * 32, "0:"])
def test_an_anchor_is_read_as_it_is_written(text: str) -> None:
    assert str(Anchor.from_text(text)) == text


@pytest.mark.parametrize(
    "text", ["", "12", "12:", "0:" + "ab" * 32, "-1:" + "ab" * 32, "12:xyz", "1:" + "AB" * 32 + "\n"]
)
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="count:hash"):
        Anchor.from_text(text)
