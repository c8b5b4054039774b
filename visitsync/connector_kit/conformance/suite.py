"""The whole suite. A vendor's test file inherits it in three lines, and overrides what it must tell (see Vendor)."""

from visitsync.connector_kit.conformance.following import Following
from visitsync.connector_kit.conformance.people import People
from visitsync.connector_kit.conformance.reading import Reading
from visitsync.connector_kit.conformance.signing_in import SigningIn
from visitsync.connector_kit.conformance.trouble import Trouble


class ConnectorConformance(SigningIn, Reading, Following, Trouble, People):
    """What every connector must do. Name the test class `Test…`, so that pytest collects it."""
