"""Searches page by page, and what goes wrong with them."""

import pytest

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    NeedsReconnect,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.fhir.on_trial import FhirTrial, trying
from visitsync.connector_kit.fhir.searching import ParameterIgnored, SearchPage
from visitsync.connector_kit.limits import Urgency
from visitsync.simulator_kit.staging import a_patient


def _pages(trial: FhirTrial, *, resume: str = "", must: tuple[str, ...] = (), **params: str) -> list[SearchPage]:
    pages = trial.searches().pages(
        "Patient", list(params.items()), urgency=Urgency.SOON, resume=resume, must_honour=must, is_strict=False
    )
    return list(pages)


@pytest.mark.parametrize("style", ["absolute", "relative"])
def test_every_page_is_read_along_next(style: str) -> None:
    with trying({"fhir_page_size": "3", "fhir_next": style, "fhir_outcome_entries": "yes"}) as trial:
        for _ in range(8):
            a_patient(trial.app.clinic)
        pages = _pages(trial)
        assert [sum(each.mode == "match" for each in page.bundle.entries) for page in pages] == [3, 3, 2]
        again = _pages(trial, resume=pages[0].next)
        assert len(again) == 2


def test_an_expired_page_is_begun_again_from_the_first() -> None:
    with trying({"fhir_page_size": "3"}) as trial:
        for _ in range(8):
            a_patient(trial.app.clinic)
        trial.app.faults.switch_on("page_expired")
        assert len(_pages(trial)) == 4
        trial.app.faults.switch_on("page_expired", times=None)
        with pytest.raises(Exception, match="Patient"):
            _pages(trial)


def test_a_search_that_goes_in_a_circle_or_elsewhere_is_left() -> None:
    with trying({"fhir_page_size": "3"}) as trial:
        for _ in range(8):
            a_patient(trial.app.clinic)
        trial.app.faults.switch_on("next_elsewhere")
        with pytest.raises(ForbiddenAddress):
            _pages(trial)


def test_a_parameter_that_is_passed_over_is_noticed_by_the_self_link() -> None:
    with trying() as trial:
        with pytest.raises(ParameterIgnored, match="_hitherto"):
            _pages(trial, _hitherto="1", must=("_hitherto",))
        assert _pages(trial, _id="1", must=("_id",))
    with trying({"fhir_self_link": "absent"}) as trial:
        assert _pages(trial, _hitherto="1", must=("_hitherto",))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("throttled", TryAgainLater),
        ("transient", TryAgainLater),
        ("too-costly", TryAgainLater),
        ("login", NeedsReconnect),
        ("not-supported", RequestRefused),
        ("exception", AnswerUnreadable),
    ],
)
def test_an_error_told_with_status_200_is_no_empty_list(code: str, error: type[Exception]) -> None:
    with trying() as trial:
        trial.app.faults.switch_on("error_in_200", code=code)
        with pytest.raises(error):
            _pages(trial)


def test_throttling_is_told_to_the_budget_with_the_wait_that_was_asked_for() -> None:
    with trying() as trial:
        trial.app.faults.switch_on("throttled", retry_after=20)
        with pytest.raises(TryAgainLater) as told:
            _pages(trial)
        assert told.value.until is not None
        assert (told.value.until - trial.app.clock()).total_seconds() == 20


def test_a_server_that_knows_only_plain_json_is_asked_for_that() -> None:
    with trying({"fhir_media_type": "json"}) as trial:
        trial.app.faults.switch_on("not_acceptable", times=None)
        assert _pages(trial)


def test_empty_pages_that_go_on_and_on_are_left() -> None:
    with trying() as trial:
        trial.app.faults.switch_on("next_is_same_page", times=None)
        with pytest.raises(AnswerUnreadable, match="read before"):
            _pages(trial)
        assert len(trial.server.requests) < 30
