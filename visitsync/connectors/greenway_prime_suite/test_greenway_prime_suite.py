"""The conformance suite over the pretend Prime Suite, with its uncertain facts one way and the other."""

from visitsync.connector_kit.conformance.suite import ConnectorConformance
from visitsync.connectors.greenway_prime_suite.on_trial import FOLLOWED, SETTINGS, WITHOUT_LIMITS
from visitsync.connectors.greenway_prime_suite.simulator import PATH


class TestPrimeSuite(ConnectorConformance):
    emr = "greenway_prime_suite"
    path = PATH
    list_line = r"^POST .*/User/PatientListGet"
    quick = {**WITHOUT_LIMITS, **FOLLOWED}
    limited = {"calls_per_second": "5"}
    small_pages = ({"largest_page": "7"}, {"largest_page": "1"}, {"largest_page": "50"})
    settings = SETTINGS
    requests_when_idle = 18  # there is no other way to see changes than to read the coming weeks
