"""All pretend EMRs as these tests use them; what is particular to one stands in its connector's folder."""

import os
from collections.abc import Collection, Iterable, Mapping

import pytest

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms as Vendor
from visitsync.connector_kit.conformance.across_rooms import across_rooms
from visitsync.connector_kit.manifest import Feed
from visitsync.connectors import supported_emrs

__all__ = ["DRCHRONO", "PUSHING", "VENDORS", "Vendor", "each", "is_left_to_make_crash"]

_ALL = {emr: across_rooms(emr) for emr in supported_emrs()}

VENDORS: Mapping[str, Vendor] = {emr: one for emr, one in _ALL.items() if one.manifest.feed is not Feed.PUSH}
"""Those that are asked."""
PUSHING: Mapping[str, Vendor] = {emr: one for emr, one in _ALL.items() if one.manifest.feed is Feed.PUSH}
"""Those that push, and cannot be asked."""
DRCHRONO = VENDORS["drchrono"]


ROUTINE = ("drchrono", "athenahealth")
"""One that may be asked again for what has changed, and one that hands out each change once."""
FOR_EVERY_EMR = frozenset({"test_whatever_happens_for_days_ends_with_the_truth[41-{emr}]"})
"""Days in which every kind of edit, fault and crash may happen."""


def is_left_to_make_crash(name: str, emr: str, tried_with: Collection[str]) -> bool:
    """Whether only `make crash` runs this case, which runs everything.

    What these tests try is the engine's, the same code for all EMRs, and each EMR's own answers are tried by its
    conformance suite. So `make test` runs all of them with the EMRs of ROUTINE, and with every other EMR one case that
    has something of all. A test that suits none of ROUTINE runs with all whom it suits: `tried_with`, names of EMRs.
    EVERY_EMR=1 in the environment leaves nothing out, and still tries few points of each turn.
    """
    if os.environ.keys() & {"EVERY_POINT", "EVERY_EMR"} or emr in ROUTINE or not set(tried_with) & set(ROUTINE):
        return False
    return name not in {one.format(emr=emr) for one in FOR_EVERY_EMR}


def each(vendors: Iterable[Vendor]) -> pytest.MarkDecorator:
    """Runs a test for each of them, by its name."""
    return pytest.mark.parametrize("vendor", list(vendors), ids=lambda vendor: vendor.emr)
