"""A connector for EMRs that only push: there is nothing to ask them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from visitsync.connector_kit.connector import ConnectionCheck, ConnectionConfig
from visitsync.connector_kit.hl7v2.profile import wrong_settings
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.manifest import Manifest
from visitsync.connector_kit.pages import FetchedPage
from visitsync.domain.local_time import UnknownZone, zone_named


class PushOnlyConnector:
    """Every reading ends at once, having read nothing."""

    def __init__(self, manifest: Manifest, config: ConnectionConfig) -> None:
        self.manifest = manifest
        self._settings = config.settings

    def check(self) -> ConnectionCheck:
        """Whether the settings can be understood; that messages come is seen when they come."""
        problems = [f"Setting {name}: {how}" for name, how in wrong_settings(self._settings).items()]
        problems += wrong_zones(self._settings)
        facts = {"sender profile": self._settings.get("profile") or "standard"}
        return ConnectionCheck(is_working=not problems, problems=tuple(problems), facts=facts)

    def read_catalog(self) -> Iterator[FetchedPage]:
        return iter(())

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        return iter(())

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        return iter(())

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        return iter(())

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        return iter(())

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        return iter(())

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        return iter(())


def wrong_zones(settings: Mapping[str, str]) -> list[str]:
    """Zones of the setting location_zones that nobody knows."""
    problems = []
    for pair in settings.get("location_zones", "").split(","):
        name, equals, zone = (part.strip() for part in pair.partition("="))
        if not name:
            continue
        try:
            if equals:
                zone_named(zone)
        except UnknownZone:
            equals = ""
        if not equals:
            problems.append("Setting location_zones: write MAIN=America/New_York, NORTH=America/Chicago.")
    return problems
