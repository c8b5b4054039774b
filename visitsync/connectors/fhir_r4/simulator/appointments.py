"""The collection of appointments: by date and actor, by last change, by history, with a strict server's demands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from visitsync.connectors.fhir_r4.simulator.appointment_row import AppointmentRows
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Response
from visitsync.simulator_kit.fhir.answers import Row, outcome, stamp
from visitsync.simulator_kit.fhir.people import People
from visitsync.simulator_kit.fhir.search import Collection, Matcher, compared, instant
from visitsync.simulator_kit.records import Appointment

ACTORS = ("_id", "patient", "practitioner", "location")


class Appointments:
    """The schedule of one clinic."""

    def __init__(self, clinic: Clinic, rows: AppointmentRows, people: People, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._rows = rows
        self._people = people
        self._variants = variants

    def collection(self) -> Collection:
        """What is served as Appointment."""
        params: dict[str, Matcher] = {
            "date": lambda row, value: "start" in row and compared(instant(row["start"]), value),
            "status": lambda row, value: row["status"] == value,
            **{name: _by_actor(name) for name in ("patient", "practitioner", "location", "actor")},
        }
        if self._variants["last_updated"] == "ignored":
            params["_lastUpdated"] = lambda row, value: True
        return Collection(
            rows=lambda: [self._rows.row(each) for each in self._shown()],
            one=self._one,
            params=params,
            is_deleted=lambda identity: self._variants["deleted"] == "410" and self._is_removed(identity),
            history=self._history if self._variants["history"] == "offered" else None,
            refusal=_oracle_rules if self._variants["window_rules"] == "oracle" else lambda asked: None,
            included=self._included,
            hidden=frozenset({"_lastUpdated"} if self._variants["last_updated"] == "not offered" else ()),
        )

    def _shown(self) -> list[Appointment]:
        shown = self._clinic.appointments.shown(self._clinic.clock(), self._clinic.list_lag).values()
        return sorted((each for each in shown if self._is_there(each)), key=lambda each: (each.start, each.id))

    def _one(self, identity: str) -> Row | None:
        if not identity.isdigit():
            return None
        found = self._clinic.appointments.shown_one(int(identity), self._clinic.clock(), timedelta(0))
        return self._rows.row(found) if found is not None and self._is_there(found) else None

    def _is_there(self, each: Appointment) -> bool:
        return not (each.is_archived and self._variants["archived"] == "deleted")

    def _is_removed(self, identity: str) -> bool:
        return identity.isdigit() and int(identity) in self._clinic.appointments.removed

    def _history(self, since: datetime) -> list[Row]:
        """Newest first: the present version of what changed, and what was deleted."""
        base = self._rows.base
        changed = [each for each in self._shown() if each.changed_at >= since]
        entries = [(each.changed_at, each.id, _changed_entry(self._rows.row(each), base)) for each in changed]
        entries += [
            (happening.at, happening.id, _deleted_entry(happening.id, happening.at, base))
            for happening in self._clinic.history
            if happening.kind == "appointment" and happening.what == "deleted" and happening.at >= since
        ]
        return [entry for _, _, entry in sorted(entries, key=lambda each: each[:2], reverse=True)]

    def _included(self, row: Row) -> Iterable[Row]:
        for each in row["participant"]:
            kind, _, identity = str(each["actor"].get("reference", "")).partition("/")
            if kind == "Patient" and identity.isdigit() and int(identity) in self._clinic.patients:
                yield self._people.patient(self._clinic.patients[int(identity)])


def _by_actor(name: str) -> Matcher:
    kind = "" if name == "actor" else name.capitalize()

    def matches(row: Row, value: str) -> bool:
        wanted = value if "/" in value or not kind else f"{kind}/{value}"
        return any(_address(each["actor"]) == wanted for each in row["participant"])

    return matches


def _address(actor: Row) -> str:
    if "resourceType" in actor:
        return f"{actor['resourceType']}/{actor['id']}"
    parts = str(actor.get("reference", "")).partition("/_history")[0].split("/")
    return "/".join(parts[-2:])


def _oracle_rules(asked: Sequence[tuple[str, str]]) -> Response | None:
    """One of the actors, once; and a date once, or twice as ge and lt."""
    named = [name for name, _ in asked if name in ACTORS]
    if "_id" in named and len(asked) == 1:
        return None
    if len(named) != 1:
        return outcome("required", text="One of _id, patient, practitioner or location is required")
    prefixes = sorted(value[:2] for name, value in asked if name == "date")
    if named != ["_id"] and not (len(prefixes) == 1 or prefixes == ["ge", "lt"]):
        return outcome("required", text="date is required, once, or twice with ge and lt")
    return None


def _changed_entry(row: Row, base: str) -> Row:
    address = f"Appointment/{row['id']}"
    told = {"status": "200", "etag": f'W/"{row["meta"]["versionId"]}"', "lastModified": row["meta"]["lastUpdated"]}
    return {
        "fullUrl": f"{base}/{address}",
        "resource": row,
        "request": {"method": "PUT", "url": address},
        "response": told,
    }


def _deleted_entry(identity: int, at: datetime, base: str) -> Row:
    address = f"Appointment/{identity}"
    return {
        "fullUrl": f"{base}/{address}",
        "request": {"method": "DELETE", "url": address},
        "response": {"status": "204", "lastModified": stamp(at)},
    }
