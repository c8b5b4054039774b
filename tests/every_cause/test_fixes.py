"""Every EMR's own words for what to do: of reasons that there are, with nothing that nobody can fill in."""

import re

import pytest

from visitsync.connectors import connector_for, supported_emrs
from visitsync.domain.explanation import DEFAULT_WORDS
from visitsync.domain.reasons import REASONS

PLACEHOLDER = re.compile(r"\{([a-z_.]+)\}")
OWN = [(emr, code) for emr in supported_emrs() for code in connector_for(emr).MANIFEST.fixes]


@pytest.mark.parametrize(("emr", "code"), OWN)
def test_a_fix_in_an_emrs_own_words_is_of_a_reason_and_can_be_filled_in(emr: str, code: str) -> None:
    fix, reason = connector_for(emr).MANIFEST.fixes[code], REASONS[code]
    known = {"emr", "mark", "marks", *PLACEHOLDER.findall(reason.title + reason.sentence + reason.fix)}
    known |= {f"word.{word}" for word in DEFAULT_WORDS}
    assert set(PLACEHOLDER.findall(fix)) <= known
    assert re.sub(PLACEHOLDER, "", fix).count("{") == 0
    assert fix == fix.strip()
    assert fix.rstrip(")").endswith((".", "?"))
    assert not re.search(r"\b(null|payload|token|HTTP|regex|mapping|exception)\b", fix)
