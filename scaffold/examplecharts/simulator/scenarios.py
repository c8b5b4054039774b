"""What can be staged in a pretend ExampleCharts: the kit's scenarios that it can express, and its own."""

from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.scenarios import Scenario

NOT_EXPRESSED: dict[str, str] = {
    "B10-work": "a chart has no second e-mail but the guardian's",
    "E7": "a provider has no time zone",
}
"""Shared scenarios that this vendor's records have no place for, and why."""

OWN: dict[str, Scenario] = {}
"""What only this vendor can show, by the cause's code and a word ("A2-reason"); see other connectors for examples."""

SCENARIOS = {name: scenario for name, scenario in SHARED.items() if name not in NOT_EXPRESSED} | OWN
