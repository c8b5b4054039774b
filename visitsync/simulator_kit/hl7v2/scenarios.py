"""What of the shared scenarios messages can show, and why not the others."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.scenarios import SCENARIOS, Scenario

NOT_TOLD: Mapping[str, str] = {
    "A9": "no message says whether a video room was made",
    "B10-work": "an address under work is as good as one under home for most senders, and is used",
    "B11": "no message says that a chart is inactive",
    "D6": "no message says that a practitioner's account is suspended",
    "E7": "messages show the wall clock of the location; nobody's zone is told",
}
"""Scenarios that nothing in a message tells apart from an ordinary appointment, and why."""

TOLD: Mapping[str, Scenario] = {name: each for name, each in SCENARIOS.items() if name not in NOT_TOLD}
