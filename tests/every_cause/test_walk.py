"""`why` walks the catalogue: every cause that a pretend EMR can stage gets its answer, its fix, and then its visit."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cache

import pytest

from tests.every_cause.conftest import a_practice
from tests.every_cause.practice import ALL
from tests.every_cause.told import told_by
from tests.every_cause.walk import SETTINGS, TWO_PEOPLE, Look, Walk, walk
from visitsync.connector_kit.conformance.across_rooms import Told
from visitsync.domain.explanation import Explanation

TOLD = {emr: told_by(vendor) for emr, vendor in ALL.items()}
CASES = [(emr, name) for emr in ALL for name in TOLD[emr]]
every_scenario = pytest.mark.parametrize(("emr", "name"), CASES)


@pytest.fixture(scope="module")
def walks(module_database_url: str) -> Callable[[str], Walk]:
    """Walks through an EMR when a test first asks for it."""

    @cache
    def walked(emr: str) -> Walk:
        settings = {**SETTINGS, **ALL[emr].walk_settings}
        with closing(a_practice(emr, module_database_url, settings=settings)) as practice:
            return walk(practice)

    return walked


@pytest.fixture
def walked(emr: str, walks: Callable[[str], Walk]) -> Walk:
    return walks(emr)


@every_scenario
def test_the_answer_names_the_cause_the_fix_its_owner_and_by_when(emr: str, name: str, walked: Walk) -> None:
    told = TOLD[emr][name]
    seen, words = walked.before[name], _explanations(walked.before[name])
    assert (seen.answer.outcome if seen.answer else None) == told.outcome
    assert _codes(words, told.codes) == told.codes
    if told.codes:
        _compare_words(_staged(words, told.codes)[0], told, walked.names.get(name, {}), ALL[emr].manifest.fixes)


@every_scenario
def test_once_it_is_put_right_it_follows_by_itself(emr: str, name: str, walked: Walk) -> None:
    told = TOLD[emr][name]
    seen = (walked.soon if told.follows == "soon" else walked.next_day)[name]
    assert (seen.answer.outcome if seen.answer else None) == told.then
    assert _codes(_explanations(seen), told.then_codes) == told.then_codes
    assert _has_visit(seen) == (told.then is not None and told.then.value in {"ready", "needs_provider"})


@pytest.mark.parametrize(("emr", "name"), [case for case in CASES if case[1] in TWO_PEOPLE])
def test_what_concerns_two_people_is_told_to_both_and_follows_for_both(emr: str, name: str, walked: Walk) -> None:
    before, after = walked.other_before[name].answer, walked.other_after[name].answer
    assert before is not None
    assert after is not None
    assert _codes(before.explanations, told := TOLD[emr][name].codes) == told
    assert (after.outcome, _codes(after.explanations, ())) == ("ready", ())


@pytest.mark.parametrize("emr", ALL)
def test_every_scenario_of_the_pretend_emr_is_in_the_table_or_says_where_it_is_tried(emr: str) -> None:
    elsewhere = set(ALL[emr].elsewhere)
    assert set(TOLD[emr]).isdisjoint(elsewhere)
    assert set(TOLD[emr]) | elsewhere == set(ALL[emr].module.SCENARIOS)


def _codes(words: Sequence[Explanation], expected: Sequence[str]) -> tuple[str, ...]:
    return tuple(one.code for one in _staged(words, expected))


def _staged(words: Sequence[Explanation], expected: Sequence[str]) -> list[Explanation]:
    """So many scenarios share one provider's day that some overlap; that counts where it is what is staged."""
    return [one for one in words if one.code != "overlaps-another" or one.code in expected]


def _explanations(seen: Look) -> tuple[Explanation, ...]:
    if seen.answer is not None:
        return seen.answer.explanations
    [absent] = seen.answers.not_received
    return absent.explanations


def _compare_words(leading: Explanation, told: Told, names: Mapping[str, str], fixes: Mapping[str, str]) -> None:
    assert leading.owner == told.owner
    assert told.says.format_map(names) in leading.sentence
    own_words = fixes.get(leading.code)
    assert (told.fix if own_words is None else own_words.partition("{")[0]) in leading.fix
    assert leading.expected_by_text.startswith(told.by)
    assert bool(leading.expected_by_text) == bool(told.by)
    assert not any("{" in text or "(not known)" in text for text in (leading.title, leading.sentence, leading.fix))


def _has_visit(seen: Look) -> bool:
    return seen.answer is not None and seen.answer.visit is not None and seen.answer.visit.state == "active"
