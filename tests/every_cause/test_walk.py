"""`why` walks the catalogue: every cause that a pretend EMR can stage gets its answer, its fix, and then its visit."""

from collections.abc import Mapping

import pytest

from tests.every_cause.conftest import OpenPractice
from tests.every_cause.practice import EMRS, codes_of
from tests.every_cause.told import ELSEWHERE, TOLD, Told
from tests.every_cause.walk import SETTINGS, Look, Walk, walk
from tests.nothing_lost.vendors import VENDORS
from visitsync.domain.explanation import Explanation

CASES = [(emr, name) for emr in EMRS for name in TOLD[emr]]
every_scenario = pytest.mark.parametrize(("emr", "name"), CASES)


@pytest.fixture(scope="module")
def drchrono_walk(open_practice: OpenPractice) -> Walk:
    return walk(open_practice("drchrono", settings=SETTINGS))


@pytest.fixture(scope="module")
def kareo_walk(open_practice: OpenPractice) -> Walk:
    return walk(open_practice("kareo", settings=SETTINGS))


@pytest.fixture
def walked(emr: str, request: pytest.FixtureRequest) -> Walk:
    """The walk of this EMR, made when a test first asks for it."""
    made: Walk = request.getfixturevalue(f"{emr}_walk")
    return made


@every_scenario
def test_the_answer_names_the_cause_the_fix_its_owner_and_by_when(emr: str, name: str, walked: Walk) -> None:
    told = TOLD[emr][name]
    seen, words = walked.before[name], _explanations(walked.before[name])
    assert (seen.answer.outcome if seen.answer else None) == told.outcome
    assert tuple(one.code for one in words) == told.codes
    if told.codes:
        _compare_words(words[0], told, walked.names.get(name, {}))


@every_scenario
def test_once_it_is_put_right_it_follows_by_itself(emr: str, name: str, walked: Walk) -> None:
    told = TOLD[emr][name]
    seen = (walked.soon if told.follows == "soon" else walked.next_day)[name]
    assert (seen.answer.outcome if seen.answer else None) == told.then
    assert tuple(one.code for one in _explanations(seen)) == told.then_codes
    assert _has_visit(seen) == (told.then is not None and told.then.value in {"ready", "needs_provider"})


@pytest.mark.parametrize("emr", EMRS)
@pytest.mark.parametrize("name", ["B4", "B5"])
def test_what_concerns_two_people_is_told_to_both_and_follows_for_both(emr: str, name: str, walked: Walk) -> None:
    before, after = walked.other_before[name].answer, walked.other_after[name].answer
    assert before is not None
    assert after is not None
    assert tuple(codes_of(before)) == TOLD[emr][name].codes
    assert (after.outcome, codes_of(after)) == ("ready", [])


@pytest.mark.parametrize("emr", EMRS)
def test_every_scenario_of_the_pretend_emr_is_in_the_table_or_says_where_it_is_tried(emr: str) -> None:
    assert set(TOLD[emr]).isdisjoint(ELSEWHERE[emr])
    assert set(TOLD[emr]) | set(ELSEWHERE[emr]) == set(VENDORS[emr].module.SCENARIOS)


def _explanations(seen: Look) -> tuple[Explanation, ...]:
    if seen.answer is not None:
        return seen.answer.explanations
    [absent] = seen.answers.not_received
    return absent.explanations


def _compare_words(leading: Explanation, told: Told, names: Mapping[str, str]) -> None:
    assert leading.owner == told.owner
    assert told.says.format_map(names) in leading.sentence
    assert told.fix in leading.fix
    assert leading.expected_by_text.startswith(told.by)
    assert bool(leading.expected_by_text) == bool(told.by)
    assert not any("{" in text or "(not known)" in text for text in (leading.title, leading.sentence, leading.fix))


def _has_visit(seen: Look) -> bool:
    return seen.answer is not None and seen.answer.visit is not None and seen.answer.visit.state == "active"
