"""The whole suite. A vendor's test file inherits it in a few lines, and tells what is peculiar to the vendor.

    class TestCarecloud(ConnectorConformance):
        emr = "carecloud"
        list_line = r"^GET /v2/appointments"  # how the simulator's log shows the list of appointments

Everything else has a default; vendor.py lists what may be told: limits to lift, page sizes to try, a token endpoint,
settings. A second class that inherits the first tries the vendor's uncertain facts the other way round. A test that a
vendor cannot take (no tokens, no pages) is left out by itself; set one to None to leave it out for a reason of its own.
"""

from visitsync.connector_kit.conformance.consumed_on_read import ConsumedOnRead
from visitsync.connector_kit.conformance.following import Following
from visitsync.connector_kit.conformance.people import People
from visitsync.connector_kit.conformance.reading import Reading
from visitsync.connector_kit.conformance.signing_in import SigningIn
from visitsync.connector_kit.conformance.trouble import Trouble


class ConnectorConformance(SigningIn, Reading, Following, Trouble, People, ConsumedOnRead):
    """What every connector must do. Name the test class `Test…`, so that pytest collects it."""
