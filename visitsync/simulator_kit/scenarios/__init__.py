"""One staged cause per entry of the catalogue of causes, groups A to F."""

from visitsync.simulator_kit.scenarios.recognition import RECOGNITION
from visitsync.simulator_kit.scenarios.scenario import Scenario

SCENARIOS: dict[str, Scenario] = {**RECOGNITION}

__all__ = ["SCENARIOS", "Scenario"]
