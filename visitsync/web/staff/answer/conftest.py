"""What trials of answers need: the worker that carries out what pages have put in."""

from collections.abc import Callable

import pytest

from tests.stage.clinic import Clinics
from tests.stage.working import carry_out_checks


@pytest.fixture
def work(clinics: Clinics) -> Callable[[], int]:
    """Carries out the checks that wait, as a worker does; returns how many there were."""
    return lambda: carry_out_checks(clinics)
