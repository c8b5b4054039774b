"""Trouble of the connection, and of single records: told with whose it is to mend, and gone once it is over."""

from datetime import timedelta

import pytest

from tests.every_cause.conftest import OpenPractice
from tests.every_cause.practice import EMRS, Practice, codes_of
from tests.every_cause.walked import walks
from tests.nothing_lost.vendors import PUSHING, VENDORS
from visitsync.connector_kit.manifest import Feed
from visitsync.domain.reason import Owner
from visitsync.simulator_kit.scenarios import SCENARIOS
from visitsync.simulator_kit.staging import a_booking, a_patient, the_practitioner
from visitsync.storage.practices import ConnectionState

SOON, A_DAY = timedelta(minutes=5), timedelta(hours=25)
each_emr = pytest.mark.parametrize("emr", EMRS)
SIGNED_OUT = ("token_expires", "refresh_fails", "unauthorized", "wrong_login")
TROUBLES = {
    "outage": ("emr-outage", Owner.EMR),
    "html_as_data": ("emr-answer-unreadable", Owner.US),
}


def _blocked(practice: Practice) -> int:
    """An appointment without a visit, so that the connection's trouble leads."""
    booked = SCENARIOS["B1"].provoke(practice.clinic)
    practice.sync()
    assert practice.codes(booked) == ["email-missing"]
    return booked


@each_emr
@pytest.mark.parametrize("fault", TROUBLES)
@walks("emr-outage", "emr-answer-unreadable")
def test_g5_h5_trouble_leads_while_it_lasts_and_promises_nothing(
    emr: str, fault: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    booked = _blocked(practice)
    practice.house.app.faults.switch_on(fault, times=None)
    practice.later(SOON)
    answer = practice.why(booked)
    leading, _ = answer.explanations
    assert (leading.code, leading.owner) == TROUBLES[fault]
    assert practice.name_of_emr in leading.title + leading.sentence
    assert [one.expected_by_text for one in answer.explanations] == ["", ""]
    practice.house.app.faults.clear()
    practice.later(SOON)
    assert practice.codes(booked) == ["email-missing"]


@pytest.mark.parametrize("emr", [emr for emr in EMRS if "throttled" in VENDORS[emr].module.FAULTS])
@walks("emr-throttled")
def test_g5_an_emr_that_is_asked_too_often_says_so(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = _blocked(practice)
    practice.house.app.faults.switch_on("throttled", times=None)
    practice.later(SOON)
    leading = practice.why(booked).explanations[0]
    assert (leading.code, leading.owner) == ("emr-throttled", Owner.EMR)


@pytest.mark.parametrize("emr", [emr for emr in EMRS if VENDORS[emr].has_one_question_per_chart])
@walks("patient-not-read-yet", "slower-than-usual")
def test_e1_e2_a_chart_that_does_not_come_is_waited_for_and_then_told_to_be_late(
    emr: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    patient = a_patient(practice.clinic)
    one_chart = VENDORS[emr].one_chart.format(patient=patient.id)
    practice.house.app.faults.switch_on("outage", times=None, match=one_chart, status=500)
    booked = a_booking(practice.clinic, patient=patient).id
    practice.sync()
    seen = set(practice.codes(booked))
    practice.later(timedelta(minutes=VENDORS[emr].manifest.abnormal_minutes + 10))
    seen |= set(practice.codes(booked))
    if not VENDORS[emr].manifest.tells_patient_changes:
        assert {"patient-not-read-yet", "slower-than-usual"} <= seen
    practice.house.app.faults.clear()
    practice.until(lambda: practice.why(booked).outcome == "ready")


@pytest.mark.parametrize("emr", [emr for emr in EMRS if set(SIGNED_OUT) & set(VENDORS[emr].module.FAULTS)])
@walks("connection-needs-reconnect")
def test_g2_credentials_that_no_longer_work_say_what_to_enter_again(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = _blocked(practice)
    for fault in set(SIGNED_OUT) & set(practice.house.app.faults.known):
        practice.house.app.faults.switch_on(fault, times=None)
    practice.later(timedelta(hours=2))
    leading = practice.why(booked).explanations[0]
    assert (leading.code, leading.owner) == ("connection-needs-reconnect", Owner.PRACTICE_ADMIN)
    assert leading.fix == VENDORS[emr].manifest.fixes["connection-needs-reconnect"]


@walks("connection-lacks-permission")
def test_g3_what_the_connecting_user_may_not_see_is_told(open_practice: OpenPractice) -> None:
    practice = open_practice("drchrono")
    booked = _blocked(practice)
    practice.house.app.faults.switch_on("forbidden", times=None, match=VENDORS["drchrono"].lists)
    practice.later(SOON)
    leading = practice.why(booked).explanations[0]
    assert (leading.code, leading.owner) == ("connection-lacks-permission", Owner.PRACTICE_ADMIN)
    assert "sharing between doctors" in leading.fix


@walks("connection-sees-less")
def test_g3_providers_that_are_no_longer_listed_at_once_are_told_for_the_connection(
    open_practice: OpenPractice,
) -> None:
    practice = open_practice("carecloud")
    booked = _blocked(practice)
    practice.clinic.add_practitioner("Odalys", "Finch", npi="1000000038")
    for practitioner_id in practice.house.desk.practitioners[:2]:
        practice.clinic.change_practitioner(practitioner_id, is_enabled=False)
    practice.later(A_DAY)
    codes = [one.code for one in practice.why(booked).explanations]
    assert codes[0] == "connection-sees-less"
    for practitioner_id in practice.house.desk.practitioners[:2]:
        practice.clinic.change_practitioner(practitioner_id, is_enabled=True)
    practice.later(A_DAY)
    assert "connection-sees-less" not in practice.codes(booked)


@walks("key-used-elsewhere")
def test_g8_a_key_that_somebody_else_uses_is_told(open_practice: OpenPractice) -> None:
    practice = open_practice("athenahealth")
    booked = _blocked(practice)
    theirs: str | None = None
    for _ in range(60):
        a_booking(practice.clinic, in_days=9)
        practice.pass_time(SOON / 2)
        *_, last = practice.house.link.connector.read_changes(theirs)
        theirs = last.bookmark
        practice.later(SOON / 2)
        if "key-used-elsewhere" in practice.codes(booked):
            break
    leading = practice.why(booked).explanations[0]
    assert (leading.code, leading.owner) == ("key-used-elsewhere", Owner.PRACTICE_ADMIN)
    assert "same client ID" in leading.fix


@each_emr
@walks("feed-too-quiet")
def test_h8_a_schedule_that_is_suddenly_almost_empty_is_told_and_no_visit_ends(
    emr: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    booked = [a_booking(practice.clinic, in_days=10 + number).id for number in range(24)]
    held = SCENARIOS["B1"].provoke(practice.clinic)
    for _ in range(3):
        practice.house.sync(full=True)
        practice.pass_time(SOON)
    visits = practice.house.active()
    for one in booked[:20]:
        practice.clinic.delete(one)
    practice.house.sync(full=True)
    assert practice.house.active() == visits
    assert {"feed-too-quiet", "too-many-cancellations"} & set(practice.codes(held))


@each_emr
@walks("too-many-cancellations")
def test_h8_cancelling_many_at_once_waits_for_a_person(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = [a_booking(practice.clinic, in_days=3).id for _ in range(30)]
    held = _blocked(practice)
    for one in booked[:20]:
        practice.clinic.cancel(one)
    practice.later(SOON)
    leading = practice.why(held).explanations[0]
    assert (leading.code, leading.owner) == ("too-many-cancellations", Owner.PRACTICE_ADMIN)
    assert practice.house.sync(accepted=True).trouble is None
    assert practice.codes(held) == ["email-missing"]


@walks("connection-being-set-up")
def test_g1_a_connection_that_is_not_live_yet_says_so(open_practice: OpenPractice) -> None:
    practice = open_practice("kareo")
    booked = _blocked(practice)
    practice.set_state(ConnectionState.PAUSED, trouble="connection-being-set-up")
    assert practice.codes(booked) == ["connection-being-set-up", "email-missing"]


@pytest.mark.parametrize("emr", [emr for emr in EMRS if VENDORS[emr].unreadable])
@walks("record-unreadable")
def test_h4_a_record_that_makes_no_sense_is_named(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    how = VENDORS[emr].unreadable[0]
    a_booking(practice.clinic)
    practice.house.app.faults.switch_on("unreadable_record", times=None, match=VENDORS[emr].lists, row=0, how=how)
    practice.house.sync(full=True)
    [unreadable, *_] = practice.ask("somebody").unreadable
    assert (unreadable.explanation.code, unreadable.explanation.owner) == ("record-unreadable", Owner.US)
    assert "all others go on" in unreadable.explanation.sentence


@walks("chart-restricted")
def test_b11_a_chart_that_the_connection_may_not_see_is_told_in_the_emrs_words(open_practice: OpenPractice) -> None:
    practice = open_practice("athenahealth")
    patient = a_patient(practice.clinic)
    one_chart = VENDORS["athenahealth"].one_chart.format(patient=patient.id)
    practice.house.app.faults.switch_on("forbidden", times=None, match=one_chart)
    booked = a_booking(practice.clinic, patient=patient).id
    practice.sync()
    answer = practice.why(booked)
    assert (answer.outcome, codes_of(answer)) == ("on_hold", ["chart-restricted"])
    assert "who may see this patient's record" in answer.explanations[0].fix


@each_emr
@walks("booked-after-it-ended", "over")
def test_e5_what_is_over_is_told_and_also_what_was_booked_too_late(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = a_booking(practice.clinic)
    practice.sync()
    practice.later(timedelta(days=3))
    answer = practice.why(booked.id)
    assert (answer.outcome, codes_of(answer)) == ("over", ["over"])
    late = a_booking(practice.clinic, start=booked.start).id
    practice.house.sync(full=True)
    answer = practice.why(late)
    assert answer.outcome == "over"
    assert codes_of(answer) in (["booked-after-it-ended"], ["over"]), "not all EMRs tell when it was booked"


@walks("no-patient")
def test_b13_telemedicine_for_nobody_is_told(open_practice: OpenPractice) -> None:
    practice = open_practice("fhir_r4")
    booked = practice.clinic.change_appointment(a_booking(practice.clinic).id, patient_id=None).id
    practice.sync()
    assert practice.codes(booked) in (["no-patient"], ["held-slot"])


@each_emr
@walks("duplicate-chart", "duplicate-chart-same-email")
def test_b5_two_charts_of_one_person_with_two_addresses_are_told(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    charts = [a_patient(practice.clinic, last_name="Varga", email=f"varga.{n}@example.net") for n in range(2)]
    booked = [a_booking(practice.clinic, patient=chart).id for chart in charts]
    practice.sync()
    for one in booked:
        answer = practice.why(one)
        assert (answer.outcome, codes_of(answer)) == ("ready", ["duplicate-chart"])


@pytest.mark.parametrize("emr", [emr for emr in EMRS if VENDORS[emr].manifest.feed is not Feed.PUSH])
@walks("not-received-late")
def test_e2_what_is_not_here_although_all_was_read_is_ours_to_find(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    practice.sync()
    practice.pass_time(timedelta(minutes=VENDORS[emr].manifest.abnormal_minutes + 30))
    [absent] = practice.ask("4711").not_received
    [words] = absent.explanations
    assert (words.code, words.owner) == ("not-received-late", Owner.US)


@pytest.mark.parametrize("emr", PUSHING)
@walks("not-sent-yet", "not-sent-late")
def test_e2_of_an_emr_that_pushes_silence_is_told_for_what_it_is(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    a_booking(practice.clinic)
    practice.sync()
    [absent] = practice.ask("4711").not_received
    assert [one.code for one in absent.explanations] == ["not-sent-yet"]
    practice.pass_time(timedelta(hours=2))
    [absent] = practice.ask("4711").not_received
    assert [one.code for one in absent.explanations] == ["not-sent-late"]


@walks("provider-ambiguous")
def test_d4_a_name_that_two_providers_have_links_to_nobody(open_practice: OpenPractice) -> None:
    practice = open_practice("kareo", contract="2021")
    first = the_practitioner(practice.clinic)
    practice.clinic.add_practitioner(first.first_name, first.last_name, npi="1000000095")
    practice.later(A_DAY)
    booked = a_booking(practice.clinic).id
    practice.sync()
    assert practice.why(booked).outcome in ("needs_provider", "ready"), "the single record may tell the number"
