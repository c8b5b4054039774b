"""The conformance suite over the pretend Prime Suite, with its uncertain facts one way and the other."""

from visitsync.connector_kit.conformance.suite import ConnectorConformance
from visitsync.connector_kit.conformance.vanishing import VanishingConformance
from visitsync.connectors.greenway_prime_suite.on_trial import FOLLOWED, SETTINGS, WITHOUT_LIMITS
from visitsync.connectors.greenway_prime_suite.simulator import PATH
from visitsync.connectors.greenway_prime_suite.simulator.settings import PATHS


class TestPrimeSuite(ConnectorConformance):
    emr = "greenway_prime_suite"
    path = PATH
    list_line = r"^POST .*/User/PatientListGet"
    quick = {**WITHOUT_LIMITS, **FOLLOWED}
    limited = {"calls_per_second": "5"}
    small_pages = ({"largest_page": "3"}, {"largest_page": "1"}, {"largest_page": "50"})
    settings = SETTINGS
    requests_when_idle = 18  # there is no other way to see changes than to read the coming weeks


class TestPrimeSuiteTheOtherWay(TestPrimeSuite):
    """Every uncertain fact the other way round, and the settings that say so."""

    path = PATHS["bare"]
    quick = {
        **TestPrimeSuite.quick,
        "path": "bare",
        "content_type": "text/json",
        "source_site": "site",
        "user_id": "text",
        "vendor_login": "from gateway",
        "demographics_body": "nested",
        "unknown_patient": "null",
        "insurance": "with demographics",
        "clock_form": "HH:mm",
        "slashes": "escaped",
        "offset": "utc",
        "visit_times": "stale",
        "start_time": "null",
        "page_start": "from 0",
        "range": "site instants",
        "longest_window": "7",
        "states": "letters",
        "npi": "absent",
        "merged_chart": "disabled",
        "status_member": "tracking",
        "empty_week": "null",
        "refused_login": "401",
    }
    settings = {
        "source_site_id": "site",
        "user_id_form": "text",
        "page_numbering": "from 0",
        "page_size": "50",
        "null_list": "empty",
        "unknown_patient": "empty",
        "visit_times": "ignored",
        "status_words": "tracking",
        "horizon_days": "125",
    }
    requests_when_idle = 23


class TestPrimeSuiteThatShowsOnlyWhatStands(VanishingConformance, TestPrimeSuite):
    """Cancelled appointments vanish; nothing but complete readings tells."""

    quick = {**WITHOUT_LIMITS, "cancellations": "vanish", "offset": "none", "unknown_patient": "zeros"}
    settings = {**SETTINGS, "unknown_patient": "empty"}


class TestPrimeSuiteWithNewNumbers(VanishingConformance, TestPrimeSuite):
    """What is moved comes back under a new number."""

    quick = {**WITHOUT_LIMITS, "reschedules": "new-id", "demographics_body": "flat", "visit_times": "absent"}
