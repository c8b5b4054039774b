"""Reading as WCF does: what is skipped in silence, what is a fault, and what no parser takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from visitsync.connectors.kareo.simulator.by_hand import envelope
from visitsync.connectors.kareo.simulator.contract import contract
from visitsync.connectors.kareo.simulator.faults import MalformedRequest, SoapFault
from visitsync.connectors.kareo.simulator.namespaces import INSTANCE, K7, SOAP, K
from visitsync.connectors.kareo.simulator.reader import Reader, Record

HEADER = "<RequestHeader><CustomerKey>key</CustomerKey><Password>secret</Password><User>ada</User></RequestHeader>"


def read(operation: str, members: str) -> Any:
    return read_body(operation, envelope(operation, members).encode())


def read_body(operation: str, body: bytes) -> Record | None:
    described = contract("current")
    return Reader(described).read(body, described.operations[operation])


def criteria(inner: str) -> Record:
    found: Record = read("GetAppointments", f"{HEADER}<Fields/><Filter>{inner}</Filter>")["Filter"]
    return found


def fault(operation: str, members: str) -> str:
    with pytest.raises(SoapFault) as raised:
        read(operation, members)
    assert raised.value.code == "DeserializationFailed"
    return raised.value.text


def test_members_in_order_are_read() -> None:
    wanted = read("GetAppointments", f"{HEADER}<Fields><ID>true</ID></Fields><Filter><Type>P</Type></Filter>")
    assert wanted["RequestHeader"] == {"CustomerKey": "key", "Password": "secret", "User": "ada"}
    assert (wanted["Fields"], wanted["Filter"]) == ({"ID": True}, {"Type": "P"})


def test_a_member_that_comes_too_late_is_lost_in_silence() -> None:
    assert criteria("<StartDate>11/1/2026</StartDate><EndDate>11/2/2026</EndDate>") == {"StartDate": "11/1/2026"}


def test_a_login_in_the_wrong_order_loses_a_part_and_looks_wrong() -> None:
    header = "<RequestHeader><User>ada</User><CustomerKey>key</CustomerKey><Password>secret</Password></RequestHeader>"
    assert read("GetThrottles", header)["RequestHeader"] == {"User": "ada"}


@pytest.mark.parametrize(
    "odd",
    [
        "<PracticeID>14</PracticeID>",
        "<practicename>Larkspur</practicename>",
        f'<PracticeName xmlns="{K7}">Larkspur</PracticeName>',
        '<PracticeName xmlns="">Larkspur</PracticeName>',
        "<Type>P</Type><PracticeName>Larkspur</PracticeName>",
    ],
)
def test_what_is_unknown_or_misspelt_or_in_another_namespace_is_lost_and_the_rest_is_read(odd: str) -> None:
    wanted = criteria(f"<EndDate>11/2/2026</EndDate>{odd}<Type>P</Type>")
    assert wanted == {"EndDate": "11/2/2026", "Type": "P"}


def test_a_repeated_member_counts_once() -> None:
    assert criteria("<Type>P</Type><Type>O</Type>") == {"Type": "P"}


def test_names_are_compared_as_ordinals_so_ten_stands_before_two() -> None:
    fields = "<ResourceName1>1</ResourceName1><ResourceName10>1</ResourceName10><ResourceName2>1</ResourceName2>"
    wanted = read("GetAppointments", f"{HEADER}<Fields>{fields}</Fields><Filter/>")
    assert wanted["Fields"] == {"ResourceName1": True, "ResourceName10": True, "ResourceName2": True}
    counted = "<ResourceName1>1</ResourceName1><ResourceName2>1</ResourceName2><ResourceName10>1</ResourceName10>"
    wanted = read("GetAppointments", f"{HEADER}<Fields>{counted}</Fields><Filter/>")
    assert wanted["Fields"] == {"ResourceName1": True, "ResourceName2": True}


@pytest.mark.parametrize(
    ("operation", "members", "expected"),
    [
        ("GetAppointments", "<Fields/><Filter/>", "RequestHeader"),
        ("GetAppointments", f"{HEADER}<Filter/>", "Fields"),
        ("GetAppointments", HEADER, "Fields"),
        ("GetAppointments", f'{HEADER}<Fields xmlns="{K7}"/>', "Fields"),
        ("GetServiceLocations", f"{HEADER}<Fields/><Filter/>", "Fields"),
        ("GetAllPatients", f"{HEADER}<Fields/>", "Filter"),
        ("GetAppointmentReasons", HEADER, "PracticeId"),
        ("GetAppointment", HEADER, "Appointment"),
        ("GetAppointment", f"{HEADER}<Appointment/>", "AppointmentId"),
        ("UpdateAppointment", f"{HEADER}<Appointment><AppointmentId>1</AppointmentId></Appointment>", "PatientId"),
    ],
)
def test_a_required_member_that_is_missing_is_a_fault_that_names_it(
    operation: str, members: str, expected: str
) -> None:
    text = fault(operation, members)
    assert "is not expected. Expecting element '" in text
    assert expected in text.rsplit("Expecting element '", 1)[1]


def test_the_fault_says_where() -> None:
    body = envelope("GetAppointments", f"\n{HEADER}\n  <Filter/>\n").encode()
    with pytest.raises(SoapFault, match=r"Error in line 3 position 4\. 'Element' 'Filter' from namespace"):
        read_body("GetAppointments", body)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_booleans_are_xmls(text: str, value: bool) -> None:
    wanted = read("GetAppointments", f"{HEADER}<Fields><ID> {text} </ID></Fields>")
    assert wanted["Fields"] == {"ID": value}


@pytest.mark.parametrize(
    ("operation", "members", "kind"),
    [
        ("GetAppointments", f"{HEADER}<Fields><ID>True</ID></Fields>", "Boolean"),
        ("GetPatient", f"{HEADER}<Filter><PatientID>twelve</PatientID></Filter>", "Int32"),
        ("GetPatient", f"{HEADER}<Filter><PatientID>99999999999</PatientID></Filter>", "Int32"),
        ("GetPatient", f"{HEADER}<Filter><PatientID/></Filter>", "Int32"),
    ],
)
def test_a_value_of_another_type_is_a_fault(operation: str, members: str, kind: str) -> None:
    assert f"cannot be parsed as the type '{kind}'" in fault(operation, members)


def an_update(start: str, status: str = "Confirmed") -> str:
    return (
        f"{HEADER}<Appointment><AppointmentId>7</AppointmentId><AppointmentStatus>{status}</AppointmentStatus>"
        "<PatientId>1</PatientId><ServiceLocationId>2</ServiceLocationId>"
        f"<StartTime>{start}</StartTime></Appointment>"
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-17T15:00:00Z", datetime(2026, 11, 17, 15, tzinfo=UTC)),
        ("2026-11-17T15:00:00.0000000Z", datetime(2026, 11, 17, 15, tzinfo=UTC)),
        ("2026-11-17T10:00:00-05:00", datetime(2026, 11, 17, 15, tzinfo=UTC)),
    ],
)
def test_real_times_are_iso(text: str, moment: datetime) -> None:
    assert read("UpdateAppointment", an_update(text))["Appointment"]["StartTime"] == moment


def test_a_us_date_where_a_real_time_belongs_is_a_fault() -> None:
    assert "DateTime" in fault("UpdateAppointment", an_update("11/17/2026 10:00:00 AM"))


def test_a_value_outside_its_enumeration_is_a_fault() -> None:
    assert "Invalid enum value 'Check-in'" in fault("UpdateAppointment", an_update("2026-11-17T15:00:00Z", "Check-in"))


def test_nil_is_nothing_for_an_optional_member_and_a_fault_for_a_required_number() -> None:
    nil = f'xmlns:i="{INSTANCE}" i:nil="true"'
    assert criteria(f"<PatientID {nil}/><Type>P</Type>") == {"PatientID": None, "Type": "P"}
    assert "cannot be null" in fault("GetAppointment", f"{HEADER}<Appointment><AppointmentId {nil}/></Appointment>")


def test_any_prefix_will_do_and_comments_and_white_space_do_not_matter() -> None:
    body = f"""<?xml version="1.0" encoding="utf-8"?>
        <soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:sch="{K}"><soapenv:Body><sch:GetThrottles>
          <!-- hello --><sch:request><sch:RequestHeader><sch:User>a<!-- b -->da</sch:User></sch:RequestHeader>
          </sch:request></sch:GetThrottles></soapenv:Body></soapenv:Envelope>"""
    assert read_body("GetThrottles", body.strip().encode()) == {"RequestHeader": {"User": "ada"}}


def test_a_message_without_a_request_has_none() -> None:
    body = f'<s:Envelope xmlns:s="{SOAP}"><s:Body><GetThrottles xmlns="{K}"/></s:Body></s:Envelope>'
    assert read_body("GetThrottles", body.encode()) is None


def test_a_body_that_is_not_the_actions_is_a_fault() -> None:
    with pytest.raises(SoapFault, match="invalid Message body"):
        read_body("GetThrottles", envelope("GetPractices", HEADER).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<a>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<a>&unknown;</a>",
        b"<d>" * 100 + b"</d>" * 100,
        b"\xff\xfe\x00",
        f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(),
    ],
)
def test_what_is_no_soap_message_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedRequest):
        read_body("GetThrottles", body)


def test_soap_1_2_is_refused() -> None:
    body = envelope("GetThrottles", HEADER).replace(SOAP, "http://www.w3.org/2003/05/soap-envelope")
    with pytest.raises(SoapFault, match=r"SOAP 1\.1"):
        read_body("GetThrottles", body.encode())
