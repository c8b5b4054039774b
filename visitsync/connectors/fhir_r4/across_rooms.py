"""What the tests that cross rooms must be told about an EMR reached by FHIR."""

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms
from visitsync.connectors.fhir_r4.simulator.settings import PATH

ACROSS_ROOMS = AcrossRooms(
    emr="fhir_r4",
    path=PATH,
    settings={"requests_per_second": "1000"},
    small_pages={"fhir_page_size": "3"},
    swarm_variants=(
        {"references": "absolute", "actors": "PractitionerRole"},
        {"fhir_outcome_entries": "yes", "fhir_includes": "unasked", "deleted": "410"},
        {"times": "offset", "shape": "R5", "fhir_next": "relative"},
    ),
    lists=rf"^GET {PATH}(/Appointment)?\?",
    windows=rf"^GET {PATH}/Appointment\?date=",
    changes=rf"^GET {PATH}/Appointment\?_lastUpdated=",
    one_chart=rf"^GET {PATH}/Patient(/{{patient}}$|\?_id=)",
    has_one_question_per_chart=False,
    a_list_of_the_practice=rf"^GET {PATH}/Location",
    unreadable=("start",),
    fields=("status", "start", "end", "participant", "appointmentType", "id", "meta", "created"),
)
