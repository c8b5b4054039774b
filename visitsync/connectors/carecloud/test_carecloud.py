"""The conformance suite over the pretend CareCloud, with its uncertain facts one way and the other."""

from typing import Any

from visitsync.connector_kit.conformance.suite import ConnectorConformance
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.conformance.window_diff import WindowDiff


class TestCarecloud(ConnectorConformance, WindowDiff):
    emr = "carecloud"
    list_line = r"^GET /v2/appointments\?"
    token_line = r"^POST /oauth2/access_token"
    quick = {"patient_ids": "number"}  # the suite calls charts by the clinic's own numbers
    limited = {"calls_per_second": "5"}
    small_pages = ({"page_size": "7"}, {"page_size": "1"}, {"page_size": "20", "link_header": "odd"})
    requests_when_idle = 5  # the near days and four times a month of far ones
    shows_patient_changes = False
    cancelled_are_hidden = {"cancelled_rows": "left out"}

    def trial(self, **given: Any) -> Trial:
        """A trial without blocks: CareCloud's blockouts are no appointments."""
        trial = super().trial(**given)
        if trial.app.variants["blocks"] == "apart":
            for one in [one for one in trial.clinic.appointments if one.is_block]:
                trial.clinic.delete(one.id)
        return trial


class TestCarecloudTheOtherWay(TestCarecloud):
    """Every uncertain fact the other way round, and the settings that say so."""

    quick = {
        **TestCarecloud.quick,
        "token_seconds": "unsaid",
        "refresh_answer": "without refresh token",
        "refresh_refusal": "400",
        "refusal_body": "html",
        "link_header": "page alone",
        "single_page": "without link",
        "one_date": "refused",
        "longest_span": "14",
        "order": "change",
        "shown_offset": "utc",
        "unknown_id": "422",
        "provider_in_rows": "never",
        "blocks": "rows",
        "shapes": "documented",
        "insurances": "list",
        "uninsured": "404",
        "merged_chart": "inactive",
    }
    settings = {
        "window_days": "14",
        "token_seconds": "600",
        "insurance_reading": "always",
        "far_reading": "sweeps only",
        "foreign_offset": "hold",
    }
    requests_when_idle = 4  # two for the near days, and a token that is short of its end
    # Far days are left to the sweeps here.
    test_far_days_are_read_in_turn_without_a_sweep = None  # type: ignore[assignment]


class TestCarecloudInOtherShapes(TestCarecloud):
    """What is left of the uncertain facts; far weeks one at a time."""

    quick = {
        **TestCarecloud.quick,
        "token_seconds": "600",
        "refresh_answer": "same",
        "refresh_refusal": "403",
        "refusal_body": "empty",
        "link_header": "two lines",
        "longest_span": "7",
        "order": "id",
        "unknown_id": "400",
        "shapes": "keyed",
        "insurances": "wrapped list",
        "uninsured": "empty list",
        "chart_policies": "shown",
    }
    settings = {"requests_per_reading": "5", "resources": "names only"}
    readings_until_all_is_read = 30
    requests_when_idle = 14  # four days at a time, once a week was found to be refused; and a token
