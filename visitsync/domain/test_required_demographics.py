"""What an EMR demands can be said by an admin; what nobody can demand is refused with what there is."""

import pytest

from visitsync.domain.practice import Demographic
from visitsync.domain.required_demographics import read_demographics, write_demographics

USUAL = frozenset({Demographic.FIRST_NAME, Demographic.EMAIL})


def test_nothing_written_means_what_is_usual() -> None:
    assert read_demographics(" ", USUAL) == USUAL


def test_none_means_that_nothing_is_demanded() -> None:
    assert read_demographics("None", USUAL) == frozenset()


def test_what_is_written_counts_however_it_is_spaced() -> None:
    assert read_demographics("Date of Birth|  insurance ", USUAL) == {Demographic.DATE_OF_BIRTH, Demographic.INSURANCE}


def test_what_nobody_can_demand_is_refused_and_the_choices_are_named() -> None:
    with pytest.raises(ValueError, match=r"'shoe size'. Choose from: first name, .* insurance; or none"):
        read_demographics("first name|shoe size", USUAL)


@pytest.mark.parametrize("demanded", [frozenset(), USUAL, frozenset(Demographic)])
def test_what_is_written_is_read_as_the_same(demanded: frozenset[Demographic]) -> None:
    assert read_demographics(write_demographics(demanded), USUAL - {Demographic.EMAIL}) == demanded
