"""The conformance suite over the pretend FHIR server, in the manners of several real ones."""

from visitsync.connector_kit.conformance.suite import ConnectorConformance
from visitsync.connectors.fhir_r4.simulator import PATH


class TestPlain(ConnectorConformance):
    emr = "fhir_r4"
    path = PATH
    list_line = r"^GET /fhir/r4/larkspur(/Appointment)?\?"
    token_line = r"^POST /fhir/r4/larkspur/oauth2/token"
    small_pages = ({"fhir_page_size": "7"}, {"fhir_page_size": "1"}, {"fhir_page_size": "20", "fhir_next": "relative"})
    requests_when_idle = 3  # the token has ended by then: where tokens are given, a token, the search


class TestTheOtherWay(TestPlain):
    """Every uncertain fact the other way round, and the settings that say so."""

    quick = {
        "references": "absolute",
        "actors": "PractitionerRole",
        "rooms": "display only",
        "type_in": "serviceType",
        "shape": "R5",
        "times": "offset",
        "end": "minutes only",
        "deleted": "410",
        "version_ids": "dashed",
        "services": "absent",
        "video_sign": "virtualService",
        "fhir_scope_form": "v2",
        "fhir_discovery": "bare",
        "fhir_handling": "strict",
        "fhir_self_link": "absent",
        "fhir_includes": "unasked",
        "fhir_outcome_entries": "yes",
        "fhir_media_type": "json",
        "fhir_clock_drift_seconds": "90",
        "fhir_charts": "rich",
        "fhir_payor": "R5",
        "fhir_location_zone": "extension",
        "fhir_version": "5.0.0",
    }
    settings = {"scope_form": "v2", "patients_per_request": "1", "window_days": "30", "overlap_minutes": "60"}
    requests_when_idle = 4  # nothing says which scopes there are, so metadata are looked at


class TestOracleLike(TestPlain):
    """No _lastUpdated, and no search for days without naming practitioners."""

    quick = {"profile": "oracle-like"}
    settings = {"window_by": "practitioner", "near_days": "30"}
    requests_when_idle = 11  # practitioners, and the near days in five searches; see also TestPlain
    test_a_redirect_to_another_host_is_not_followed = None  # type: ignore[assignment]  # nobody there, nobody asks


class TestHapiLike(TestPlain):
    """Changes from the history of all appointments."""

    quick = {"profile": "hapi-like", "fhir_payor": "contained"}
    settings = {"changes_by": "history"}


class TestAidboxLike(TestPlain):
    """References in a form of their own; the practice's own time marked Z."""

    quick = {"profile": "aidbox-like", "shape": "STU3", "times": "local marked Z", "fhir_location_zone": "extension"}
    settings = {"z_means": "local"}
