"""All pretend EMRs as these tests use them; what is particular to one stands in its connector's folder."""

from collections.abc import Mapping

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms as Vendor
from visitsync.connector_kit.conformance.across_rooms import across_rooms
from visitsync.connectors import supported_emrs

__all__ = ["DRCHRONO", "VENDORS", "Vendor"]

VENDORS: Mapping[str, Vendor] = {emr: across_rooms(emr) for emr in supported_emrs()}
DRCHRONO = VENDORS["drchrono"]
