"""What is added to an answer when somebody asks: how the connection is now, and by when from now on."""

from datetime import datetime, timedelta

import msgspec
import pytest

from visitsync.domain.decision import Decision, Outcome
from visitsync.rules.as_it_stands import as_it_stands
from visitsync.rules.rehearsal import NOW, OFFICE, Rehearsal, a_booking, at


def _asked(clinic: Rehearsal, decision: Decision, now: datetime = NOW, **connection: object) -> Decision:
    practice = clinic.context()
    facts = msgspec.structs.replace(practice.connection, **connection)
    return as_it_stands(decision, a_booking(), msgspec.structs.replace(practice, connection=facts), now)


def _codes(decision: Decision) -> list[str]:
    return [finding.code for finding in decision.findings]


def test_without_trouble_an_answer_stays_what_it_was() -> None:
    clinic = Rehearsal()
    clinic.patient(email="")
    decision = clinic.decide()
    assert _asked(clinic, decision) == decision


def test_trouble_leads_where_there_is_no_visit_and_comes_last_where_there_is_one() -> None:
    clinic = Rehearsal()
    ready = clinic.decide(status=None, status_text="Phoned-OK")
    assert _codes(_asked(clinic, ready, trouble="emr-outage")) == ["status-unknown", "emr-outage"]
    clinic.patient(email="")
    assert _codes(_asked(clinic, clinic.decide(), is_paused=True)) == ["connection-paused", "email-missing"]


def test_while_a_connection_is_set_up_nobody_is_told_to_resume_it() -> None:
    clinic = Rehearsal()
    clinic.patient(email="")
    asked = _asked(clinic, clinic.decide(), is_paused=True, trouble="connection-being-set-up")
    assert _codes(asked) == ["connection-being-set-up", "email-missing"]


@pytest.mark.parametrize("trouble", ["emr-outage", "connection-needs-reconnect", "unheard-of"])
def test_nobody_says_by_when_while_the_emr_is_not_read(trouble: str) -> None:
    clinic = Rehearsal()
    clinic.patients.clear()
    waiting = clinic.decide(first_seen_at=NOW)
    assert waiting.expected_by == NOW + timedelta(minutes=15)
    assert _asked(clinic, waiting, trouble=trouble).expected_by is None


def test_what_takes_longer_than_usual_is_expected_anew() -> None:
    clinic = Rehearsal()
    clinic.patients.clear()
    waiting = clinic.decide(first_seen_at=NOW)
    later = NOW + timedelta(minutes=20)
    assert _asked(clinic, waiting, later).expected_by == later + timedelta(minutes=15)


def test_trouble_of_today_moves_no_date_three_months_away() -> None:
    clinic = Rehearsal()
    far = a_booking(start=at(2027, 6, 1))
    decision = clinic.decide(start=far.start)
    practice = clinic.context()
    facts = msgspec.structs.replace(practice.connection, trouble="emr-outage")
    asked = as_it_stands(decision, far, msgspec.structs.replace(practice, connection=facts), NOW)
    assert asked.outcome is Outcome.WAITING
    assert asked.expected_by == decision.expected_by is not None


def test_what_is_no_visit_anyway_hears_nothing_of_the_connection() -> None:
    clinic = Rehearsal()
    decision = clinic.decide(type_text=OFFICE)
    assert _asked(clinic, decision, trouble="emr-outage") == decision
