"""A trial of the pretend Prime Suite without its limits, for the tests of its quirks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connectors.greenway_prime_suite.simulator.settings import INSURANCE_METHOD, PATH, STATES
from visitsync.simulator_kit.clinic import Clinic

WITHOUT_LIMITS = {"calls_per_second": "none"}
FOLLOWED = {"cancellations": "status-text"}
"""Variants under which what is cancelled stays on the schedule and says so."""
SETTINGS = {
    "insurance_method": INSURANCE_METHOD,
    "state_codes": ", ".join(f"{number}={state}" for number, state in enumerate(STATES, start=1)),
}
"""What an admin sets for the pretend site."""


@contextmanager
def trying(
    *,
    variants: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    clinic: Clinic | None = None,
) -> Iterator[Trial]:
    """A trial, served while the block lasts."""
    with Trial(
        "greenway_prime_suite",
        variants={**WITHOUT_LIMITS, **FOLLOWED, **(variants or {})},
        settings={**SETTINGS, **(settings or {})},
        clinic=clinic,
        path=PATH,
    ) as trial:
        yield trial
