"""The catalogue in itself, and in step with its pages, its causes and the errors that name its codes."""

import importlib.util
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from visitsync.domain.causes import CAUSES, Place, codes_of
from visitsync.domain.decision import Outcome
from visitsync.domain.explanation import DEFAULT_WORDS, SECTIONS
from visitsync.domain.reason import Owner, Precedence, Reason, Severity
from visitsync.domain.reason_detection import DETECTION
from visitsync.domain.reasons import REASONS, TROUBLE_OF_UNKNOWN_KIND

DOCS = Path(__file__).parents[2] / "docs"
every_reason = pytest.mark.parametrize("reason", REASONS.values(), ids=list(REASONS))


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_reason_pages", DOCS / "generate_reason_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _templates(reason: Reason) -> list[str]:
    return [reason.title, reason.sentence, reason.fix]


def test_every_page_is_what_the_catalogue_makes_and_no_page_is_left_over() -> None:
    pages: dict[Path, str] = _generator().pages()
    assert {DOCS / path for path in pages if path.parts[0] == "reasons"} == set((DOCS / "reasons").glob("*.md"))
    for path, text in pages.items():
        assert (DOCS / path).read_text(encoding="utf-8") == text, f"run docs/generate_reason_pages.py: {path}"


def test_every_code_has_its_page() -> None:
    assert {path.stem for path in (DOCS / "reasons").glob("*.md")} - {"README"} == set(REASONS)


@every_reason
def test_a_code_is_words_with_hyphens(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", reason.code)


def test_no_two_reasons_have_the_same_rank_or_title_and_sentence() -> None:
    assert [rank for rank, times in Counter(reason.rank for reason in REASONS.values()).items() if times > 1] == []
    sentences = Counter((reason.title, reason.sentence) for reason in REASONS.values())
    assert max(sentences.values()) == 1


@every_reason
def test_every_placeholder_of_a_patients_sentence_is_none(reason: Reason) -> None:
    assert "{" not in reason.patient_sentence
    assert not re.search(r"\b(invalid|wrong|missing|failed|error|mistake|e-mail|insurance)\b", reason.patient_sentence)


@every_reason
def test_every_word_that_a_template_asks_for_exists(reason: Reason) -> None:
    for template in _templates(reason):
        assert all(word in DEFAULT_WORDS for word in re.findall(r"\{word\.([a-z_]+)\}", template))
        assert re.sub(r"\{[a-z_.]+\}", "", template).count("{") == 0


@every_reason
def test_outcome_and_severity_agree(reason: Reason) -> None:
    """Only what blocks takes a visit away; what a person must do blocks."""
    without_visit = {Outcome.NEEDS_FIX, Outcome.WAITING, Outcome.ON_HOLD}
    assert (reason.severity is Severity.BLOCKS) == (reason.outcome in without_visit)
    if reason.outcome is Outcome.WAITING:
        assert reason.resolves_itself


@every_reason
def test_words_are_plain(reason: Reason) -> None:
    for text in _templates(reason):
        assert not re.search(r"\b(null|payload|sync run|token|HTTP|regex|mapping|exception)\b", text)
        assert text == text.strip()
    assert reason.sentence.endswith((".", "?"))
    assert reason.fix.endswith((".", "?"))


@every_reason
def test_somebody_is_named_where_something_must_be_done(reason: Reason) -> None:
    assert reason.section is None or reason.section in SECTIONS
    if reason.outcome in (Outcome.NEEDS_FIX, Outcome.ON_HOLD):
        assert reason.owner in (Owner.FRONT_DESK, Owner.PRACTICE_ADMIN, Owner.US)


def test_connection_reasons_come_first_and_never_block() -> None:
    for reason in REASONS.values():
        if reason.rank < Precedence.TIMING and not reason.code.startswith("record-"):
            assert reason.severity is Severity.WARNS
            assert reason.cause[0] in "GH"


def test_the_precedence_of_kinds_is_that_of_the_catalogue_of_causes() -> None:
    leading = ["emr-outage", "beyond-horizon", "chart-merged", "type-misspelt", "email-missing", "demographics-missing"]
    leading += ["provider-not-enabled", "not-confirmed"]
    ranks = [REASONS[code].rank for code in leading]
    assert ranks == sorted(ranks)


def test_every_cause_has_its_reasons_or_says_where_it_is_dealt_with() -> None:
    assert {reason.cause for reason in REASONS.values()} <= set(CAUSES)
    for number, cause in CAUSES.items():
        assert bool(codes_of(number)) == (cause.place is None), number
        assert bool(cause.how) == (cause.place is not None), number


def test_all_causes_are_there() -> None:
    numbers = {"A": 10, "B": 13, "C": 7, "D": 7, "E": 10, "F": 10, "G": 10, "H": 8, "I": 8, "J": 4}
    assert list(CAUSES) == [f"{letter}{n}" for letter, most in numbers.items() for n in range(1, most + 1)]
    assert {cause.place for cause in CAUSES.values()} == {None, *Place}


def test_how_it_is_found_out_is_said_of_each() -> None:
    assert set(DETECTION) == set(REASONS)


def test_the_stand_in_for_unknown_trouble_is_in_the_catalogue() -> None:
    assert TROUBLE_OF_UNKNOWN_KIND in REASONS
