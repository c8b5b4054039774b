"""One staged cause per entry of the catalogue of causes, groups A to F, by its code (and a word, if several)."""

from visitsync.simulator_kit.scenarios.contact import CONTACT
from visitsync.simulator_kit.scenarios.demographics import DEMOGRAPHICS
from visitsync.simulator_kit.scenarios.practitioner import PRACTITIONER
from visitsync.simulator_kit.scenarios.recognition import RECOGNITION
from visitsync.simulator_kit.scenarios.scenario import Scenario
from visitsync.simulator_kit.scenarios.shape import SHAPE
from visitsync.simulator_kit.scenarios.timing import TIMING

SCENARIOS: dict[str, Scenario] = {
    **RECOGNITION,
    **CONTACT,
    **DEMOGRAPHICS,
    **PRACTITIONER,
    **TIMING,
    **SHAPE,
}

NOT_STAGED: dict[str, str] = {
    "B7": "needs matching by name and birth date; these EMRs link patients by id",
    "B8": "needs a second system that knows the patient under another name",
    "C6": "needs an eligibility verdict, which comes from the payer",
    "C7": "needs a second system that disagrees",
    "D3": "is a mistake in our own mapping, not in the EMR",
    "E9": "is a setting of ours",
}
"""Causes of groups A to F that nothing done in an EMR provokes, and why."""

__all__ = ["NOT_STAGED", "SCENARIOS", "Scenario"]
