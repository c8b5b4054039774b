"""The contract's tables: complete, in ordinal order, and agreeing with each other."""

from __future__ import annotations

import pytest

from visitsync.connectors.kareo.simulator.contract import SIMPLE, Array, Enumeration, Struct, contract
from visitsync.connectors.kareo.simulator.namespaces import K7, K
from visitsync.connectors.kareo.simulator.statuses import clinic_status_of, status_of
from visitsync.connectors.kareo.simulator.throttle import INTERVAL_MS

# How many members the vendor's description of 2021 gave each type (kareo reference, section 5).
MEMBERS_IN_2021 = {
    "AppointmentData": 43,
    "AppointmentFieldsToReturn": 43,
    "AppointmentFilter": 16,
    "AppointmentCreate": 32,
    "AppointmentUpdate": 20,
    "PatientSummary": 17,
    "RecurrenceRule": 17,
    "SinglePatientFilter": 3,
    "PatientFilter": 27,
    "PatientBatchGetFilter": 3,
    "PatientData": 163,
    "PatientCaseData": 34,
    "PatientInsurancePolicyData": 38,
    "PatientInsurancePolicyAuthorizationData": 10,
    "ProviderFilter": 9,
    "ProviderData": 43,
    "ServiceLocationFilter": 7,
    "ServiceLocationData": 22,
    "PracticeFilter": 9,
    "PracticeData": 46,
}


@pytest.mark.parametrize("name", MEMBERS_IN_2021)
def test_a_type_of_2021_has_as_many_members_as_documented(name: str) -> None:
    assert len(contract("2021").struct(name).members) == MEMBERS_IN_2021[name]


@pytest.mark.parametrize("version", ["2021", "current"])
def test_own_members_stand_in_ordinal_order_behind_the_bases(version: str) -> None:
    described = contract(version)
    for found in described.types.values():
        if isinstance(found, Struct):
            names = [member.name for member in found.members]
            assert names == sorted(names)
            assert len(set(names)) == len(names)
    assert [member.name for _, member in described.members("GetAppointmentsReq")] == [
        "RequestHeader", "Fields", "Filter",
    ]  # fmt: skip


def test_there_are_24_operations_in_2021_and_the_known_newer_ones_today() -> None:
    old, new = contract("2021").operations, contract("current").operations
    assert len(old) == 24
    assert set(new) - set(old) == {
        "GetAppointmentReasons", "CreateAppointmentReason", "UpdateAppointmentStatus", "GetThrottles",
        "GetCustomerIdFromKey", "CreateDocument", "DeleteDocument", "UpdatePrimaryPatientCase",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("type_name", "before", "member", "after"),
    [
        ("AppointmentData", "AllDay", "AppointmentDuration", "AppointmentReason1"),
        ("AppointmentData", "AppointmentReason9", "AppointmentReasonID1", "AppointmentReasonID10"),
        ("AppointmentData", "AppointmentReasonID8", "AppointmentReasonID9", "AuthorizationEndDate"),
        ("AppointmentData", "Recurring", "ResourceID1", "ResourceID10"),
        ("AppointmentData", "ResourceID8", "ResourceID9", "ResourceName1"),
        ("AppointmentData", "ResourceName9", "ResourceTypeID1", "ResourceTypeID10"),
        ("AppointmentData", "ResourceTypeID9", "ServiceLocationID", "ServiceLocationName"),
        ("AppointmentCreate", "AppointmentId", "AppointmentMode", "AppointmentName"),
        ("AppointmentUpdate", "AppointmentId", "AppointmentMode", "AppointmentName"),
        ("PatientFilter", "Gender", "IsActive", "LastName"),
    ],
)
def test_a_newer_member_stands_in_its_documented_place(type_name: str, before: str, member: str, after: str) -> None:
    names = [found.name for found in contract("current").struct(type_name).members]
    at = names.index(member)
    assert names[at - 1 : at + 2] == [before, member, after]
    assert member not in [found.name for found in contract("2021").struct(type_name).members]


def test_two_operations_have_their_types_in_the_namespace_without_the_last_slash() -> None:
    described = contract("current")
    of_request = {name: described.namespace(each.request) for name, each in described.operations.items()}
    assert {name for name, namespace in of_request.items() if namespace == K7} == {
        "GetServiceLocations", "GetProcedureCodes",
    }  # fmt: skip
    members = {member.name: namespace for namespace, member in described.members("GetServiceLocationsReq")}
    assert members == {"RequestHeader": K, "Fields": K7, "Filter": K7}


@pytest.mark.parametrize("version", ["2021", "current"])
def test_every_type_that_is_mentioned_exists(version: str) -> None:
    described = contract(version)
    for found in described.types.values():
        mentioned = [found.item] if isinstance(found, Array) else []
        if isinstance(found, Struct):
            mentioned = [member.type for member in found.members] + ([found.base] if found.base else [])
        assert all(name in described.types or name in SIMPLE for name in mentioned)


def test_statuses_that_clients_write_are_read_back_as_written() -> None:
    words = contract("current").types["AppointmentStatus"]
    assert isinstance(words, Enumeration)
    ambiguous = {"Unknown": "Scheduled", "ReadyToBeSeen": "Roomed"}  # the clinic has no word of its own for these
    for word in words.values:
        assert status_of(clinic_status_of(word)) == ambiguous.get(word, word)


def test_every_throttled_operation_exists() -> None:
    assert set(INTERVAL_MS) <= set(contract("current").operations)
