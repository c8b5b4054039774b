"""A pretend scheduling system that sends HL7 v2, with all habits of real senders to choose from."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.hl7v2.habits import HABITS, choose_habits
from visitsync.simulator_kit.hl7v2.letters import Letters
from visitsync.simulator_kit.hl7v2.scenarios import TOLD
from visitsync.simulator_kit.hl7v2.sender import SENDER_FAULTS, Hl7Sender
from visitsync.simulator_kit.scenarios import Scenario

__all__ = ["CREDENTIALS", "FAULTS", "SCENARIOS", "VARIANTS", "simulator"]

VARIANTS: Mapping[str, tuple[str, ...]] = HABITS
FAULTS: Mapping[str, str] = SENDER_FAULTS
SCENARIOS: Mapping[str, Scenario] = TOLD
CREDENTIALS: Mapping[str, str] = {}


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> Hl7Sender:
    """A pretend sender over this clinic. Raises UnknownVariant."""
    habits = choose_habits(VARIANTS, variants or {})
    letters = Letters(clinic, habits)
    return Hl7Sender(clinic, emr="hl7v2", clock=clock, habits=habits, letters=letters, scenarios=SCENARIOS)
