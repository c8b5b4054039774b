"""A trial of the pretend DrChrono without its limits, for the tests of its quirks."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from visitsync.connector_kit.conformance.trial import Trial
from visitsync.simulator_kit.clinic import Clinic

WITHOUT_LIMITS = {"calls_per_second": "none", "hourly_quota": "none"}
LIST = r"^GET /api/appointments\?"


@contextmanager
def trying(
    *,
    variants: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    clinic: Clinic | None = None,
) -> Iterator[Trial]:
    """A trial, served while the block lasts."""
    with Trial("drchrono", variants={**WITHOUT_LIMITS, **(variants or {})}, settings=settings, clinic=clinic) as trial:
        yield trial


def asked(trial: Trial, pattern: str) -> list[dict[str, str]]:
    """The queries of all requests so far whose line matches."""
    lines = [request.line for request in list(trial.server.requests) if re.search(pattern, request.line)]
    return [
        {name: values[0] for name, values in parse_qs(urlsplit(line.split(" ")[1]).query).items()} for line in lines
    ]
