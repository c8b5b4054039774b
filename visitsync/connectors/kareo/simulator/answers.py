"""What each operation answers: its own members of the result, without errors and security."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from visitsync.connectors.kareo.simulator import faults as faults
from visitsync.connectors.kareo.simulator.account import CUSTOMER_ID, Account, Refused
from visitsync.connectors.kareo.simulator.appointment import AppointmentDesk
from visitsync.connectors.kareo.simulator.appointment_list import list_appointments
from visitsync.connectors.kareo.simulator.contract import Array, Contract, Operation
from visitsync.connectors.kareo.simulator.directory import (
    list_appointment_reasons,
    list_practices,
    list_providers,
    list_service_locations,
)
from visitsync.connectors.kareo.simulator.patients import (
    MAX_BATCH,
    batch_of_patients,
    chart_row,
    find_chart,
    list_patients,
)
from visitsync.connectors.kareo.simulator.reader import Record
from visitsync.connectors.kareo.simulator.schedule import Schedule
from visitsync.connectors.kareo.simulator.spoiling import Spoiler
from visitsync.connectors.kareo.simulator.throttle import Throttle

Row = dict[str, Any]
Values = dict[str, Any]
CASE_TOGGLES = ("DefaultCase", "Authorization")
"""Toggles that choose what can only surface through a chart's Cases."""

_NULL_REFERENCE_TRACE = "   at KareoServicesWCF.Validation.ValidationHelper.ValidateDateTimeFields(Object filter)"


class Answers:
    """Answers the operations that are simulated; lists that are not have no rows, everything else is a fault."""

    def __init__(self, account: Account, contract: Contract, throttle: Throttle) -> None:
        self._account = account
        self._contract = contract
        self._throttle = throttle
        self.schedule = Schedule(account)
        self._desk = AppointmentDesk(account, self.schedule)
        self._lists: Mapping[str, Callable[[Record], Iterable[Row]]] = {
            "GetAppointments": lambda criteria: list_appointments(account, self.schedule, criteria),
            "GetPatients": lambda criteria: list_patients(account, criteria),
            "GetProviders": lambda criteria: list_providers(account, criteria),
            "GetServiceLocations": lambda criteria: list_service_locations(account, criteria),
            "GetPractices": lambda criteria: list_practices(account, criteria),
        }
        self._singles: Mapping[str, Callable[[Record], Values]] = {
            "GetAppointment": lambda wanted: {"Appointment": self._desk.read(wanted["Appointment"]["AppointmentId"])},
            "UpdateAppointment": lambda wanted: {"Appointment": self._desk.update(wanted["Appointment"])},
            "UpdateAppointmentStatus": lambda wanted: self._update_status(wanted["Appointment"]),
            "DeleteAppointment": lambda wanted: self._desk.delete(wanted["Appointment"]["AppointmentId"]),
            "CreateAppointment": lambda wanted: {"Appointment": self._desk.create(wanted["Appointment"])},
            "GetPatient": self._patient,
            "GetThrottles": self._throttles,
            "GetCustomerIdFromKey": lambda wanted: {"CustomerId": CUSTOMER_ID, "IsAuthorized": True},
        }

    def answer(self, operation: Operation, wanted: Record, spoiler: Spoiler) -> Values:
        """The members of the result. Raises Refused, and SoapFault where Kareo's own code breaks."""
        if self._lacks_what_it_needs(operation, wanted):
            raise faults.null_reference()
        if operation.name in self._singles:
            return self._singles[operation.name](wanted)
        if operation.name == "GetAllPatients":
            return self._all_patients(wanted, spoiler)
        rows_member = self._rows_member(operation)
        if rows_member is None:
            raise faults.internal(f"{operation.name} is not simulated.")
        return {rows_member: self._rows(operation, wanted, spoiler)}

    def _lacks_what_it_needs(self, operation: Operation, wanted: Record) -> bool:
        """A required member that is there, yet nil."""
        members = self._contract.members(operation.request)
        return any(member.is_required and wanted[member.name] is None for _, member in members)

    def _rows(self, operation: Operation, wanted: Record, spoiler: Spoiler) -> list[Row] | None:
        if operation.name == "GetAppointmentReasons":
            rows = list(list_appointment_reasons(self._account, wanted["PracticeId"]))
            return self._as_listed(spoiler.rows(rows))
        has_filter = any(member.name == "Filter" for _, member in self._contract.members(operation.request))
        criteria = self._criteria(wanted) if has_filter else {}
        listed = self._lists.get(operation.name)
        rows = list(listed(criteria)) if listed else []
        return self._as_listed(self._narrowed(spoiler.rows(rows), wanted.get("Fields")))

    def _criteria(self, wanted: Record) -> Record:
        """The filter; without one the service's own code breaks."""
        criteria = wanted.get("Filter")
        if criteria is not None:
            return dict(criteria)
        if self._account.is_variant("missing_filter", "error"):
            raise Refused("Object reference not set to an instance of an object.", _NULL_REFERENCE_TRACE)
        raise faults.null_reference()

    def _narrowed(self, rows: list[Row], fields: Record | None) -> list[Row]:
        """Only the columns that are switched on; none switched on means every column."""
        chosen = {name for name, is_on in (fields or {}).items() if is_on}
        if fields and self._account.is_variant("toggles", "placeholder_row"):
            return [{}]
        if not chosen:
            return rows
        if any(name.startswith(CASE_TOGGLES) for name in chosen):
            chosen.add("Cases")
        return [{name: value for name, value in row.items() if name in chosen} for row in rows]

    def _as_listed(self, rows: list[Row]) -> list[Row] | None:
        """No rows at all: an empty list, a single row of nothing, or no list, as the variant says."""
        if rows:
            return rows
        match self._account.variants["empty_list"]:
            case "phantom_row":
                return [{}]
            case "nil":
                return None
            case _:
                return []

    def _all_patients(self, wanted: Record, spoiler: Spoiler) -> Values:
        criteria = dict(wanted["Filter"])
        if spoiler.strikes("dropped_page"):
            _, criteria["StartKey"] = batch_of_patients(self._account, criteria, limit=MAX_BATCH)
        rows, following = batch_of_patients(self._account, criteria, limit=spoiler.page_limit(MAX_BATCH))
        if spoiler.strikes("next_is_same_page"):
            following = criteria.get("StartKey") or 0
        narrowed = self._narrowed(spoiler.rows(rows), wanted.get("Fields"))
        return {"Key": {"nextStartKey": following}, "Patients": self._as_listed(narrowed)}

    def _patient(self, wanted: Record) -> Values:
        patient_id = self._criteria(wanted).get("PatientID")
        found = None if patient_id is None else find_chart(self._account, patient_id)
        if found is None and self._account.is_variant("unknown_id", "error"):
            raise Refused(f"Patient with PatientID {patient_id} could not be found.")
        return {"Patient": None if found is None else chart_row(self._account, found)}

    def _update_status(self, wanted: Record) -> Values:
        self._desk.update_status(wanted)
        return {}

    def _throttles(self, _: Record) -> Values:
        rows = [{"Endpoint": name, "ThrottleTimeMs": interval} for name, interval in self._throttle.intervals_ms()]
        return {"Throttles": rows}

    def _rows_member(self, operation: Operation) -> str | None:
        """The result's list, if it has one."""
        members = self._contract.members(operation.response)
        lists = (member.name for _, member in members if isinstance(self._contract.types.get(member.type), Array))
        return next(lists, None)
