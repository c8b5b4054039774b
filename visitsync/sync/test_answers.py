"""The answer about one appointment: seven checks with what they looked at, and what happened in plain words."""

from datetime import timedelta

from visitsync.domain.explanation import CheckMark
from visitsync.storage.practice_settings import Author, note_change
from visitsync.sync.answers import Answer, answer_to, answers_to
from visitsync.sync.conftest import NOW, Front
from visitsync.sync.timeline import Happening


def test_every_failing_check_is_told_with_what_it_looked_at(front: Front) -> None:
    front.knows("p2", "Ottoline Varga", email="ottoline@mail.example.org, o@mail.example.org")
    front.books("a1", patient_id="p2", kind="3", practitioner="2")
    found = seen(front, "a1")
    crossed = {check.section for check in found.checks if check.mark is CheckMark.CROSS}
    assert crossed == {1, 2, 7}
    assert found.evidence[1] == "Appointment profile is “Telemedicne Visit”."
    assert found.evidence[7] == "Dr. Lindgren is not enabled."
    assert found.evidence[4].startswith("Booked Sat, Nov 21, 9:00 AM")


def test_evidence_shows_no_whole_address(front: Front) -> None:
    front.books("a1")
    assert seen(front, "a1").evidence[2] == "E-mail on the record: p…@mail.example.org."


def test_what_happened_is_told_in_order_and_in_words(front: Front) -> None:
    front.knows("p1", "Vikram Thorsen", email="")
    front.books("a1", "2026-11-24T10:30", now=NOW - timedelta(hours=2))
    front.knows("p1", "Vikram Thorsen")
    front.books("a1", "2026-11-24T10:30", now=NOW - timedelta(hours=1))
    lines = seen(front, "a1").timeline
    assert [(line.kind, line.sentence) for line in lines] == [
        (Happening.BOOKED, "Booked in DrChrono."),
        (Happening.FIRST_READ, "First read from DrChrono."),
        (Happening.JUDGED, "Something must be changed first: no e-mail on the record."),
        (Happening.JUDGED, "Everything is in order: the visit can be made. Solved: no e-mail on the record."),
        (Happening.VISIT_CREATED, "Visit created."),
    ]
    assert (lines[2].at_text, lines[2].because) == ("today 7:00 AM", "the appointment was read")


def test_nothing_is_judged_before_it_is_read_nor_said_twice(front: Front) -> None:
    front.books("a1", "2026-11-24T10:30", kind="2", first_seen_at=NOW + timedelta(milliseconds=5))
    lines = seen(front, "a1").timeline
    assert [line.kind for line in lines[-2:]] == [Happening.FIRST_READ, Happening.JUDGED]
    assert lines[-1].sentence == "Not booked as telemedicine."


def test_who_changed_a_setting_is_named(front: Front) -> None:
    front.books("a1", "2026-11-24T10:30")
    with front.database.practice(front.practice_id) as transaction:
        change = note_change(transaction, Author("Ana Admin", NOW), "approve type")
        transaction.execute(
            """insert into decision (practice_id, connection_id, appointment_id, decided_at, outcome, findings, cause,
                                     cause_id, rules_version)
               select practice_id, connection_id, appointment_id, decided_at, outcome, findings, 'setting changed', %s,
                      rules_version from decision where practice_id = %s""",
            (str(change), front.practice_id),
        )
    assert "Ana Admin changed a setting" in {line.because for line in seen(front, "a1").timeline}


def test_codes_stay_there_for_engineers(front: Front) -> None:
    front.knows("p1", "Vikram Thorsen", email="")
    front.books("a1")
    assert [event.codes for event in seen(front, "a1").history] == [("email-missing",)]


def test_many_answers_take_no_more_queries_than_one(front: Front) -> None:
    for number in range(8):
        front.books(f"a{number}", f"2026-11-24T{10 + number}:00")
    keys = [(front.connection_id, f"a{number}") for number in range(8)]
    one = front.queries_of(lambda transaction, vault, office: answers_to(transaction, vault, office, keys[:1]))
    many = front.queries_of(lambda transaction, vault, office: answers_to(transaction, vault, office, keys))
    assert many == one <= 8


def test_what_is_not_there_or_of_another_connection_has_no_answer(front: Front) -> None:
    front.books("a1")
    other = front.connect()
    with front.reading() as (transaction, vault, office):
        assert answer_to(transaction, vault, office, front.connection_id, "a2") is None
        assert answer_to(transaction, vault, office, other, "a1") is None


def seen(front: Front, appointment_id: str) -> Answer:
    with front.reading() as (transaction, vault, office):
        found = answer_to(transaction, vault, office, front.connection_id, appointment_id)
    assert found is not None
    return found
