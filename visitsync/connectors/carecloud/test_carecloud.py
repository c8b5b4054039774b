"""The conformance suite over the pretend CareCloud, with its uncertain facts one way and the other."""

from typing import Any

from visitsync.connector_kit.conformance.suite import ConnectorConformance
from visitsync.connector_kit.conformance.trial import Trial


class TestCarecloud(ConnectorConformance):
    emr = "carecloud"
    list_line = r"^GET /v2/appointments\?"
    token_line = r"^POST /oauth2/access_token"
    quick = {"patient_ids": "number"}
    limited = {"calls_per_second": "5"}
    small_pages = ({"page_size": "7"}, {"page_size": "1"}, {"page_size": "20", "link_header": "odd"})
    requests_when_idle = 5  # the near days and four times a month of far ones
    shows_patient_changes = False

    def trial(self, **given: Any) -> Trial:
        """A trial without blocks: CareCloud's blockouts are no appointments."""
        trial = super().trial(**given)
        if trial.app.variants["blocks"] == "apart":
            for one in [one for one in trial.clinic.appointments if one.is_block]:
                trial.clinic.delete(one.id)
        return trial
