"""Findings in words: evidence stays text, nothing raises, times are those of the practice's own clocks."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.domain.decision import Decision, Finding, Outcome
from visitsync.domain.evidence_text import LONGEST_SHOWN
from visitsync.domain.explanation import CheckMark, Screen, explain, for_patient, seven_checks
from visitsync.domain.reasons import REASONS
from visitsync.domain.time_words import day_in_words, in_words, wall_in_words

ZONE = "America/New_York"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SCREEN = Screen(emr="drchrono", words={"emr": "DrChrono", "type": "appointment profile"}, zone=ZONE, now=NOW)


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2026, 11, 23, 15, 42, tzinfo=UTC), "today 10:42 AM"),
        (datetime(2026, 11, 24, 14, 0, tzinfo=UTC), "tomorrow 9:00 AM"),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), "today 10:00 PM"),
        (datetime(2026, 11, 22, 21, 5, tzinfo=UTC), "yesterday 4:05 PM"),
        (datetime(2026, 11, 27, 15, 0, tzinfo=UTC), "Fri, Nov 27, 10:00 AM"),
        (datetime(2026, 11, 29, 15, 0, tzinfo=UTC), "Sun, Nov 29, 10:00 AM"),
        (datetime(2026, 11, 30, 15, 0, tzinfo=UTC), "Mon, Nov 30, 2026"),
        (datetime(2025, 8, 12, 15, 0, tzinfo=UTC), "Tue, Aug 12, 2025"),
    ],
)
def test_times_are_told_on_the_practices_own_clocks(instant: datetime, words: str) -> None:
    assert in_words(instant, ZONE, NOW) == words


def test_days_and_wall_times_are_told() -> None:
    assert day_in_words(date(2026, 11, 24), date(2026, 11, 23)) == "tomorrow"
    assert day_in_words(date(2027, 8, 12), date(2026, 11, 23)) == "Thu, Aug 12, 2027"
    assert wall_in_words(datetime(2027, 3, 14, 2, 30)) == "Sun, Mar 14, 2027, 2:30 AM"


def test_the_emrs_own_words_are_used() -> None:
    finding = Finding("type-not-approved", {"kind": "type", "found": "“Office Visit”", "approved": "Telemedicine"})
    own = msgspec.structs.replace(SCREEN, fixes={"type-not-approved": "Open it and choose the profile {approved}."})
    told = explain(finding, own)
    assert told.sentence == "Booked as “Office Visit”, which is not an approved telemedicine appointment profile."
    assert told.fix == "Open it and choose the profile Telemedicine."
    other = explain(finding, Screen(emr="a_seventh", words={}, zone=ZONE, now=NOW))
    assert other.fix == REASONS["type-not-approved"].fix.replace("{approved}", "Telemedicine")


def test_r8_a_date_in_the_evidence_is_told_in_words() -> None:
    finding = Finding("beyond-horizon", {"months": "3", "enters_on": "2027-02-24"})
    told = explain(finding, SCREEN, expected_by=datetime(2027, 2, 24, 5, 15, tzinfo=UTC))
    assert "on Wed, Feb 24, 2027" in told.sentence
    assert told.expected_by_text == "Expected by Wed, Feb 24, 2027."
    further_west = explain(
        finding,
        msgspec.structs.replace(SCREEN, zone="America/Los_Angeles"),
        expected_by=datetime(2027, 2, 24, 5, tzinfo=UTC),
    )
    assert further_west.expected_by_text == "Expected by Wed, Feb 24, 2027."


def test_r17_a_fix_says_by_when_it_will_be_right() -> None:
    told = explain(Finding("email-missing"), SCREEN, expected_after_fix=NOW + timedelta(minutes=15))
    assert told.expected_by_text == "Once that is done, it comes right by itself, by today 10:15 AM."
    assert explain(Finding("email-missing"), SCREEN).expected_by_text == ""
    assert explain(Finding("test-visit"), SCREEN, expected_after_fix=NOW).expected_by_text == ""


@pytest.mark.parametrize(
    "hostile", ["{0.__class__}", "{evidence}", "{word.type}", "{emr}", "{", "%s", "{found}{found}"]
)
def test_evidence_is_text_and_never_a_template(hostile: str) -> None:
    told = explain(Finding("status-unknown", {"status": hostile}), SCREEN)
    assert f"“{hostile}”" in told.sentence


def test_hidden_letters_are_made_visible() -> None:
    told = explain(Finding("status-unknown", {"status": "\u202eOK\u200b\x00\n!"}), SCREEN)
    assert "“⟨U+202E⟩OK⟨U+200B⟩⟨U+0000⟩ !”" in told.sentence


def test_very_long_evidence_is_cut_and_says_so() -> None:
    told = explain(Finding("status-unknown", {"status": "x" * 100_000}), SCREEN)
    assert f"{'x' * LONGEST_SHOWN}… (100,000 characters)" in told.sentence
    assert len(told.sentence) < 400


@pytest.mark.parametrize("code", [*REASONS, "of-another-version"])
def test_missing_evidence_never_raises_and_leaves_no_braces(code: str) -> None:
    told = explain(Finding(code), SCREEN, expected_by=NOW, expected_after_fix=NOW)
    assert told.code == code
    assert "{" not in told.title + told.sentence + told.fix


evidence = st.dictionaries(
    st.sampled_from(["found", "approved", "kind", "kinds", "enters_on", "booked_at", "words", "status", "other_chart"]),
    st.one_of(
        st.text(max_size=20), st.sampled_from(["9999-12-31", "0001-01-01", "9999-12-31T23:59:59+00:00", "2026-01-01"])
    ),
)


@given(st.sampled_from(sorted(REASONS)), evidence)
def test_no_evidence_whatever_makes_explaining_raise(code: str, said: dict[str, str]) -> None:
    assert explain(Finding(code, said), SCREEN).title


def _marks(decision: Decision) -> list[CheckMark]:
    return [check.mark for check in seven_checks(decision, SCREEN)]


def _decision(outcome: Outcome, *codes: str) -> Decision:
    return Decision(outcome=outcome, findings=tuple(map(Finding, codes)))


def test_r16_the_seven_checks_show_every_failing_one() -> None:
    decision = _decision(Outcome.NEEDS_FIX, "email-missing", "demographics-missing", "provider-not-enabled")
    cross, tick = CheckMark.CROSS, CheckMark.TICK
    assert _marks(decision) == [tick, cross, tick, tick, cross, tick, cross]
    second = seven_checks(decision, SCREEN)[1]
    assert [one.code for one in second.explanations] == ["email-missing"]


def test_a_ready_visit_has_seven_ticks_warnings_or_not() -> None:
    assert set(_marks(_decision(Outcome.READY))) == {CheckMark.TICK}
    assert set(_marks(_decision(Outcome.READY, "address-unusable"))) == {CheckMark.TICK}


def test_what_time_alone_does_is_waiting() -> None:
    assert _marks(_decision(Outcome.WAITING, "beyond-horizon"))[3] is CheckMark.WAITING
    unread = _marks(_decision(Outcome.WAITING, "patient-not-read-yet"))
    assert [mark for mark in unread if mark is CheckMark.WAITING] == [CheckMark.WAITING] * 4
    assert unread[1] is CheckMark.WAITING


def test_of_what_is_not_telemedicine_only_the_first_is_asked() -> None:
    marks = _marks(_decision(Outcome.NOT_TELEMEDICINE, "type-not-approved"))
    assert marks == [CheckMark.CROSS] + [CheckMark.NOT_ASKED] * 6


def test_where_the_patient_stays_unread_their_checks_are_not_claimed() -> None:
    marks = _marks(_decision(Outcome.NEEDS_FIX, "video-in-note"))
    assert marks[0] is CheckMark.CROSS
    assert marks[1] is marks[2] is marks[4] is CheckMark.NOT_ASKED


def test_r13_what_is_over_shows_it_in_section_six() -> None:
    assert _marks(_decision(Outcome.OVER, "over"))[5] is CheckMark.CROSS


def test_a_patient_reads_nothing_of_the_record() -> None:
    assert "e-mail" not in for_patient(_decision(Outcome.NEEDS_FIX, "email-missing"))
    assert for_patient(_decision(Outcome.READY)) == for_patient(_decision(Outcome.NEEDS_PROVIDER, "provider-unknown"))


def test_an_explanation_can_be_sent_as_json() -> None:
    told = explain(Finding("email-missing"), SCREEN)
    assert msgspec.json.decode(msgspec.json.encode(told))["owner"] == "front desk"
