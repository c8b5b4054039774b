"""GetProviders, GetServiceLocations, GetPractices, GetAppointmentReasons: what belongs to the practice.

Source: kareo reference, sections 5.4 to 5.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from visitsync.connectors.kareo.simulator.account import PRACTICE_ID, Account
from visitsync.connectors.kareo.simulator.filters import stamp_test
from visitsync.connectors.kareo.simulator.reader import Record
from visitsync.connectors.kareo.simulator.schedule import OTHER_REASONS, resource_name
from visitsync.simulator_kit.records import Location, Practitioner

Row = dict[str, Any]
NORMAL, REFERRING = "Normal Provider", "Referring Provider"
OFFICE, TELEHEALTH = "11", "02"
"""Place-of-service codes."""

# Physicians elsewhere, who send patients; they come back with the practice's own providers.
_REFERRING = ((2_801, "Ambrose", "Tillery"), (2_802, "Noor", "Vandermeer"))
_CLOSED_PRACTICE_ID = 9
_TELEHEALTH_WORDS = ("tele", "virtual", "video")


def list_providers(account: Account, criteria: Record) -> Iterator[Row]:
    """The practice's providers, suspended ones included, and referring physicians."""
    if not account.is_ours(criteria):
        return
    wanted_type, wanted_name = criteria.get("Type"), criteria.get("FullName")
    for row in _providers(account, criteria):
        is_of_type = not wanted_type or row["Type"].casefold() == wanted_type.casefold()
        if is_of_type and (not wanted_name or row["FullName"].casefold() == wanted_name.casefold()):
            yield row


def list_service_locations(account: Account, criteria: Record) -> Iterator[Row]:
    """The service locations; a POS code is all that can tell that one is for telehealth."""
    if not account.is_ours(criteria):
        return
    is_within = stamp_test(account, criteria, account.stamp_times({}))
    for location in account.clinic.locations:
        is_wanted = not criteria.get("ID") or criteria["ID"].strip() == str(location.id)
        if is_wanted and is_within(location.created_at, location.changed_at):
            yield _service_location(account, location)


def list_practices(account: Account, criteria: Record) -> Iterator[Row]:
    """The account's practices: ours, and one that has closed."""
    for row in (_practice(account), _closed_practice(account)):
        if all(_fits(row, criteria, name) for name in ("Active", "ID", "NPI", "PracticeName", "TaxID")):
            yield row


def list_appointment_reasons(account: Account, practice_id: int) -> Iterator[Row]:
    """The practice's list of reasons; those retired are gone from it."""
    if practice_id != PRACTICE_ID:
        return
    for kind in account.clinic.types:
        if kind.is_active:
            yield _reason(kind.id, kind.name, minutes=kind.minutes, color=kind.color)
    for number, name in OTHER_REASONS:
        yield _reason(number, name, minutes=15, color="#808080")


def _providers(account: Account, criteria: Record) -> Iterator[Row]:
    is_within = stamp_test(account, criteria, account.stamp_times({}))
    for practitioner in account.clinic.practitioners:
        if practitioner.is_provider and is_within(practitioner.created_at, practitioner.changed_at):
            yield _provider(account, practitioner)
    for number, first, last in _REFERRING:
        yield {
            "Active": "True",
            "FirstName": first,
            "FullName": f"{first} {last}, DO",
            "ID": str(number),
            "LastName": last,
            "PracticeID": str(PRACTICE_ID),
            "PracticeName": account.clinic.name,
            "Suffix": "DO",
            "Type": REFERRING,
        }


def _provider(account: Account, practitioner: Practitioner) -> Row:
    stamps = account.stamp_times({})
    return {
        "Active": str(practitioner.is_enabled),
        "CreatedDate": stamps.write(practitioner.created_at),
        "Degree": practitioner.suffix or None,
        "EmailAddress": practitioner.email or None,
        "FirstName": practitioner.first_name,
        "FullName": resource_name(practitioner),
        "ID": str(practitioner.id),
        "LastModifiedDate": stamps.write(practitioner.changed_at),
        "LastName": practitioner.last_name,
        "NationalProviderIdentifier": practitioner.npi or None,
        "PracticeID": str(PRACTICE_ID),
        "PracticeName": account.clinic.name,
        "SpecialtyName": practitioner.specialty,
        "Suffix": practitioner.suffix or None,
        "Type": NORMAL,
    }


def _service_location(account: Account, location: Location) -> Row:
    stamps = account.stamp_times({})
    is_for_telehealth = any(word in location.name.casefold() for word in _TELEHEALTH_WORDS)
    return {
        "AddressLine1": location.address,
        "BillingName": account.clinic.name,
        "City": location.city,
        "CreatedDate": stamps.write(location.created_at),
        "ID": str(location.id),
        "ModifiedDate": stamps.write(location.changed_at),
        "NPI": "1000000004",
        "Name": location.name,
        "Phone": location.phone,
        "PlaceOfService": TELEHEALTH if is_for_telehealth else OFFICE,
        "PracticeID": str(PRACTICE_ID),
        "PracticeName": account.clinic.name,
        "State": location.state,
        "ZipCode": location.postal_code,
    }


def _practice(account: Account) -> Row:
    return {
        "Active": "True",
        "AdministratorFullName": "Bertrand Quill",
        "Email": "office@larkspur.example",
        "ID": str(PRACTICE_ID),
        "NPI": "1000000004",
        "Phone": "(555) 555-0100",
        "PracticeAddressLine1": "200 Invented Ave",
        "PracticeCity": "Alderton",
        "PracticeName": account.clinic.name,
        "PracticeState": "PA",
        "PracticeZipCode": "19001",
        "SubscriptionEdition": "Complete",
        "kFaxNumber": "(555) 555-0109",
    }


def _closed_practice(account: Account) -> Row:
    name = f"{account.clinic.name} (closed 2019)"
    return {"Active": "False", "ID": str(_CLOSED_PRACTICE_ID), "PracticeName": name}


def _fits(row: Row, criteria: Record, name: str) -> bool:
    wanted = criteria.get(name)
    return not wanted or str(row.get(name) or "").casefold() == wanted.strip().casefold()


def _reason(number: int, name: str, *, minutes: int, color: str) -> Row:
    return {
        "AppointmentReasonId": number,
        "DefaultColorCode": int(color.removeprefix("#"), 16),
        "DefaultDurationMinutes": minutes,
        "Name": name,
        "PracticeId": PRACTICE_ID,
    }
