"""A trial of the pretend CareCloud, for the tests of its quirks."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from visitsync.connector_kit.conformance.trial import Trial
from visitsync.simulator_kit.clinic import Clinic

LIST = r"^GET /v2/appointments\?"


@contextmanager
def trying(
    *,
    variants: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    clinic: Clinic | None = None,
) -> Iterator[Trial]:
    """A trial, served while the block lasts; charts are called by the clinic's own numbers unless told otherwise."""
    chosen = {"patient_ids": "number", **(variants or {})}
    with Trial("carecloud", variants=chosen, settings=settings, clinic=clinic) as trial:
        yield trial


def lines(trial: Trial, pattern: str) -> list[str]:
    """The lines of all requests so far that match."""
    return [request.line for request in list(trial.server.requests) if re.search(pattern, request.line)]


def asked(trial: Trial, pattern: str = LIST) -> list[dict[str, str]]:
    """The queries of all requests so far whose line matches."""
    return [
        {name: values[0] for name, values in parse_qs(urlsplit(line.split(" ")[1]).query).items()}
        for line in lines(trial, pattern)
    ]
