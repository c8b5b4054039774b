"""What the tests that cross rooms must be told about an EMR; a connector's folder says it in its across_rooms.py."""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Literal, cast

import msgspec

from visitsync.connector_kit.conformance.trial import connector_module, simulator_module
from visitsync.connector_kit.manifest import Manifest
from visitsync.domain.appointment import MarkKind
from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic

SOON = "Once that is done, it comes right by itself, by today"
"""A fix shows the same day."""
WITHIN_A_DAY = "Once that is done, it comes right by itself, by tomorrow"
"""It lies more than seven business days ahead."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered to one scenario of the simulator, before and after its cause is removed."""

    outcome: Outcome | None = Outcome.READY
    """None: never received."""
    codes: tuple[str, ...] = ()
    """All that is found, the leading one first."""
    owner: Owner | None = None
    says: str = ""
    """Part of the leading sentence: that the evidence names the right thing."""
    fix: str = ""
    """Part of the leading fix; where the manifest has words of its own for it, those are looked for instead."""
    by: str = ""
    """How the leading finding says by when; "" where nothing is promised."""
    follows: Literal["soon", "next day"] = "soon"
    """Whether what was put right shows with the next reading, or once the EMR's lists are read again."""
    then: Outcome | None = Outcome.READY
    then_codes: tuple[str, ...] = ()


class AcrossRooms(msgspec.Struct, frozen=True, kw_only=True):
    """One pretend EMR as tests of the whole house use it: without limits, and with what it answers differently."""

    emr: str
    path: str = ""
    """What follows the simulator's address in the base URL."""
    variants: Mapping[str, str] = {}
    """Variants of the simulator that lift the vendor's limits."""
    small_pages: Mapping[str, str] = {}
    """Variants with which even a small clinic fills several pages; an EMR without pages has none."""
    swarm_variants: tuple[Mapping[str, str], ...] = ()
    """What else the vendor may be like without the connection being told; random days draw from it."""
    settings: Mapping[str, str] = {}
    """Of the connection, so that it need not wait either."""
    walk_settings: Mapping[str, str] = {}
    """More settings for the walk over all scenarios."""
    tells_of_deletions: bool = False
    """Whether reading changes shows what staff deleted."""
    tells_of_closed_locations: bool = True
    """Whether its lists show that a location is closed."""
    lists: str = ""
    """Matches requests for lists of appointments, in the words of the request log."""
    windows: str = ""
    """Matches those among them that read whole days, whatever changed."""
    windows_before_sweep: int = 0
    """How many of those a turn may ask before its sweep, where lists and changes are read by days too."""
    rereads_days: int = 0
    """So many days ahead every reading of changes reads, whatever was edited: sweeps find nothing more there."""
    tells_when_changed: bool = True
    """Whether a row bears the stamp of its last change; else the row that comes last is taken for the newest."""
    changes: str = ""
    """Matches those that only ask what has changed; "" where the same question reads days."""
    one_chart: str = ""
    """Matches the request for one chart by itself; {patient} stands for its number."""
    has_one_question_per_chart: bool = True
    """Whether charts are asked for one by one; else one question fails for all of them."""
    a_list_of_the_practice: str = ""
    """Matches the request for one of the lists of the catalog."""
    fields: tuple[str, ...] = ()
    """Fields of a row of appointments that the vendor might rename one day."""
    unreadable: tuple[str, ...] = ()
    """Ways in which the fault unreadable_record spoils a row."""
    sign_in_again: Callable[[str], Mapping[str, str]] = lambda url: {}
    """What a person signs in with anew, at the simulator of that address."""
    told: Mapping[str, Told] = {}
    """Scenario → what is told, where that differs from the table that all EMRs share."""
    elsewhere: Mapping[str, str] = {}
    """Scenario that is not staged with the others → why, or which test tries it."""

    @property
    def module(self) -> ModuleType:
        """The simulator."""
        return cast(ModuleType, simulator_module(self.emr))

    @property
    def manifest(self) -> Manifest:
        return connector_module(self.emr).MANIFEST

    @property
    def mark(self) -> MarkKind:
        """Where the practice's mark of telemedicine stands."""
        return self.manifest.marks[0]

    @property
    def credentials(self) -> Mapping[str, str]:
        """What the simulator accepts."""
        return simulator_module(self.emr).CREDENTIALS

    def simulator(self, clinic: Clinic, **variants: str) -> App:
        """A pretend EMR over this clinic, on the clinic's own clock."""
        return simulator_module(self.emr).simulator(clinic, clock=clinic.clock, variants={**self.variants, **variants})


def across_rooms(emr: str) -> AcrossRooms:
    """What the folder of an EMR says of itself; nothing in particular where it says nothing."""
    name = f"visitsync.connectors.{emr}.across_rooms"
    if importlib.util.find_spec(name) is None:
        return AcrossRooms(emr=emr)
    described: AcrossRooms = importlib.import_module(name).ACROSS_ROOMS
    return described
