"""Of every reason in the catalogue some test asks the whole product; or it is said here why none does."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

import tests.every_cause as this_room
from tests.every_cause.practice import ALL
from tests.every_cause.told import told_by
from tests.every_cause.walked import walked_by
from visitsync.domain.reasons import REASONS

TRIED_ELSEWHERE: Mapping[str, str] = {
    "access-switched-off": "no EMR says so in so many words: it refuses the sign-in (G2) or the request (G3)",
    "budget-used-up": "our own count: storage/test_vendor_limits, tests/nothing_lost",
    "details-not-read-yet": "the single record is read in the same turn: kareo's tests, rules/test_timing_rules",
    "emr-request-refused": "a mistake of ours: connector_kit/conformance/trouble.py",
    "emr-trouble": "stands in for what no connector knows: rules/test_connection_codes",
    "entered-in-error": "EMRs that know it tell it as deleted: rules/test_provider_and_state",
    "forbidden-address": "connector_kit/conformance/trouble.py",
    "network-trouble": "connector_kit/test_http, test_tls",
    "no-provider": "every pretend EMR demands a column or a provider: rules/test_provider_and_state",
}


def test_every_reason_is_walked_or_says_where_it_is_tried() -> None:
    walked = {*_told(), *_said_by_tests()}
    assert set(REASONS) - walked == set(TRIED_ELSEWHERE)


def test_what_is_walked_is_in_the_catalogue() -> None:
    assert {*_told(), *_said_by_tests()} <= set(REASONS)


def _told() -> Iterator[str]:
    for vendor in ALL.values():
        for told in told_by(vendor).values():
            yield from (*told.codes, *told.then_codes)


def _said_by_tests() -> Iterator[str]:
    for module in pkgutil.iter_modules(this_room.__path__):
        tests = vars(importlib.import_module(f"{this_room.__name__}.{module.name}")).values()
        yield from (code for test in tests for code in walked_by(test))
