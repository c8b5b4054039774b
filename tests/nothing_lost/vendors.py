"""All pretend EMRs as these tests use them; what is particular to one stands in its connector's folder."""

from collections.abc import Iterable, Mapping

import pytest

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms as Vendor
from visitsync.connector_kit.conformance.across_rooms import across_rooms
from visitsync.connector_kit.manifest import Feed
from visitsync.connectors import supported_emrs

__all__ = ["DRCHRONO", "PUSHING", "VENDORS", "Vendor", "each"]

_ALL = {emr: across_rooms(emr) for emr in supported_emrs()}

VENDORS: Mapping[str, Vendor] = {emr: one for emr, one in _ALL.items() if one.manifest.feed is not Feed.PUSH}
"""Those that are asked."""
PUSHING: Mapping[str, Vendor] = {emr: one for emr, one in _ALL.items() if one.manifest.feed is Feed.PUSH}
"""Those that push, and cannot be asked."""
DRCHRONO = VENDORS["drchrono"]


def each(vendors: Iterable[Vendor]) -> pytest.MarkDecorator:
    """Runs a test for each of them, by its name."""
    return pytest.mark.parametrize("vendor", list(vendors), ids=lambda vendor: vendor.emr)
