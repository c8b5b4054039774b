"""The published description: complete, valid, at the host that was asked, and true of every answer and request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from visitsync.connectors.kareo.simulator import CREDENTIALS, PATH, SCENARIOS, VARIANTS
from visitsync.connectors.kareo.simulator.by_hand import (
    MONDAY_NOON,
    ByHand,
    Reply,
    envelope,
    kareo,
    quoted_action,
    request_header,
)
from visitsync.connectors.kareo.simulator.contract import contract
from visitsync.connectors.kareo.simulator.namespaces import INSTANCE, K7, SOAP, K
from visitsync.connectors.kareo.simulator.wsdl import SCHEMAS, WSDL
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.plain_client import call

VERSIONS = VARIANTS["contract"]


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(version: str) -> Iterator[ByHand]:
    with kareo(a_busy_clinic(5, MONDAY_NOON, appointments=60), contract=version) as client:
        yield client


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, etree.XMLSchema]:
    """The schemas of each version as they are served, put together from files: no validator may fetch anything."""
    return {version: published_schema(version, tmp_path_factory.mktemp(version)) for version in VERSIONS}


def published_schema(version: str, folder: Path) -> etree.XMLSchema:
    with kareo(contract=version) as client:
        for number in range(len(SCHEMAS)):
            text = client.get(f"xsd=xsd{number}").body.decode()
            text = re.sub(r'schemaLocation="[^"]*\?xsd=(xsd\d)"', r'schemaLocation="\1.xsd"', text)
            (folder / f"xsd{number}.xsd").write_text(text)
    return etree.XMLSchema(file=str(folder / "xsd0.xsd"))


@pytest.fixture
def schema(schemas: dict[str, etree.XMLSchema], version: str) -> etree.XMLSchema:
    return schemas[version]


def assert_valid(schema: etree.XMLSchema, message: bytes | str) -> None:
    wrapper = etree.fromstring(message if isinstance(message, bytes) else message.encode()).find(f"{{{SOAP}}}Body/*")
    assert wrapper is not None
    schema.assertValid(etree.ElementTree(etree.fromstring(etree.tostring(wrapper))))


# --- the description ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "singleWsdl", "singlewsdl"])
def test_the_wsdl_has_every_operation_with_its_action_and_messages(client: ByHand, version: str, query: str) -> None:
    root = etree.fromstring(client.get(query).body)
    assert (root.get("name"), root.get("targetNamespace")) == ("KareoServices", K)
    operations = contract(version).operations
    bound = root.findall(f"{{{WSDL}}}binding/{{{WSDL}}}operation")
    actions = {found.get("name"): found[0].get("soapAction") for found in bound}
    assert actions == {name: f"{K}KareoServices/{name}" for name in operations}
    parts = {found.get("name"): found[0].get("element") for found in root.findall(f"{{{WSDL}}}message")}
    for name in operations:
        assert parts[f"KareoServices_{name}_InputMessage"] == f"tns:{name}"
        assert parts[f"KareoServices_{name}_OutputMessage"] == f"tns:{name}Response"


@pytest.mark.parametrize("query", ["wsdl", "singleWsdl", "xsd=xsd0"])
def test_addresses_in_the_description_are_those_of_the_host_that_was_asked(client: ByHand, query: str) -> None:
    asked = call(f"{client.url}{PATH}?{query}", headers={"Host": "kareo.example.test:8443"}).body.decode()
    addresses = re.findall(r'(?:schemaLocation|location)="([^"]*)"', asked)
    assert addresses or query == "xsd=xsd0"
    assert all(address.startswith(f"http://kareo.example.test:8443{PATH}") for address in addresses)


def test_the_wsdl_imports_every_schema_and_the_single_one_needs_none(client: ByHand) -> None:
    for number in range(len(SCHEMAS)):
        assert f"?xsd=xsd{number}" in client.get("wsdl").body.decode()
    assert "schemaLocation" not in client.get("singleWsdl").body.decode()
    assert client.get("xsd=xsd9").status == 404


def test_a_browser_gets_a_page(client: ByHand) -> None:
    answer = call(f"{client.url}{PATH}")
    assert answer.status == 200
    assert "text/html" in answer.headers["content-type"]


# --- answers ------------------------------------------------------------------------------------------------------


def every_answer(client: ByHand, version: str) -> Iterator[tuple[str, Reply]]:
    """An answer of every operation that can be called with nothing but Fields and Filter, and of the single ones."""
    rows = client.november()
    appointment_id = next(row["ID"] for row in rows if row.get("PatientID"))
    patient_id = next(row["PatientID"] for row in rows if row.get("PatientID"))
    for name in contract(version).operations:
        if name.startswith("Get") and name.endswith("s") and name not in {"GetThrottles", "GetAppointmentReasons"}:
            yield name, client.listed(name)
    yield "GetAppointments", client.listed("GetAppointments", {"StartDate": "11/1/2026", "EndDate": "12/20/2026"})
    read = f"<Appointment><AppointmentId>{appointment_id}</AppointmentId></Appointment>"
    yield "GetAppointment", client.call("GetAppointment", read)
    yield "GetPatient", client.call("GetPatient", f"<Filter><PatientID>{patient_id}</PatientID></Filter>")
    yield "DeleteAppointment", client.call("DeleteAppointment", read)
    if version == "current":
        yield "GetThrottles", client.call("GetThrottles")
        yield "GetAppointmentReasons", client.call("GetAppointmentReasons", "<PracticeId>14</PracticeId>")


def test_every_answer_fits_the_published_schema(client: ByHand, version: str, schema: etree.XMLSchema) -> None:
    answered = list(every_answer(client, version))
    assert len(answered) >= 12
    for name, reply in answered:
        assert (name, reply.status, reply.text("IsError")) == (name, 200, "false")
        assert_valid(schema, reply.body)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_staged_cause_is_told_in_answers_that_fit_the_schema(
    name: str, schemas: dict[str, etree.XMLSchema]
) -> None:
    with kareo() as client:
        kareo_id = client.app.vendor_id(SCENARIOS[name].provoke(client.clinic))
        for reply in (
            client.listed("GetAppointments", {"StartDate": "11/1/2026", "EndDate": "12/20/2026"}),
            client.call("GetAppointment", f"<Appointment><AppointmentId>{kareo_id}</AppointmentId></Appointment>"),
            client.listed("GetPatients"),
            client.listed("GetProviders"),
        ):
            assert reply.status == 200
            assert_valid(schemas["current"], reply.body)


UNCERTAIN = [(name, value) for name, values in VARIANTS.items() for value in values if name != "throttled_answer"]


@pytest.mark.parametrize(("variant", "value"), UNCERTAIN, ids=lambda text: str(text))
def test_every_variant_answers_within_the_schema(variant: str, value: str, schemas: dict[str, etree.XMLSchema]) -> None:
    with kareo(a_busy_clinic(9, MONDAY_NOON, appointments=20), **{variant: value}) as client:
        schema = schemas[client.app.variants["contract"]]
        span = {"StartDate": "11/1/2026", "EndDate": "11/30/2026", "PracticeName": client.clinic.name}
        for reply in (
            client.listed("GetAppointments", span),
            client.listed("GetAppointments", span, fields="<ID>true</ID>"),
            client.listed("GetAppointments", span | {"PatientID": "-1"}),
            client.listed("GetAppointments", {"StartDate": "1/1/2026", "EndDate": "12/31/2026"}),
            client.call("GetAppointment", "<Appointment><AppointmentId>1</AppointmentId></Appointment>"),
            client.call("GetPractices", "<Fields/><Filter/>", password="wrong"),
            client.call("GetPractices", "<Fields/><Filter/>", customer_key="wrong"),
        ):
            assert reply.status == 200
            assert_valid(schema, reply.body)


# --- requests -----------------------------------------------------------------------------------------------------

SERVICE_LOCATIONS = f'<Fields xmlns="{K7}"/><Filter xmlns="{K7}"><PracticeID>14</PracticeID></Filter>'
NOVEMBER = (
    "<EndDate>11/30/2026 11:59:59 PM</EndDate><PracticeName>Larkspur Family Practice</PracticeName>"
    "<StartDate>11/1/2026 12:00:00 AM</StartDate><TimeZoneOffsetFromGMT>-5</TimeZoneOffsetFromGMT><Type>P</Type>"
)
A_CHECK_IN = (
    "<Appointment><AppointmentId>700001</AppointmentId><AppointmentStatus>CheckedIn</AppointmentStatus>"
    "<EndTime>2026-11-17T15:30:00Z</EndTime><PatientId>40001</PatientId><ServiceLocationId>11</ServiceLocationId>"
    "<StartTime>2026-11-17T15:00:00.000Z</StartTime></Appointment>"
)
REQUESTS = {
    "GetAppointments": f"<Fields/><Filter>{NOVEMBER}</Filter>",
    "GetAppointment": "<Appointment><AppointmentId>700001</AppointmentId></Appointment>",
    "GetPatient": "<Filter><PatientID>40001</PatientID></Filter>",
    "GetPatients": "<Fields><EmailAddress>1</EmailAddress><ID>true</ID></Fields><Filter/>",
    "GetAllPatients": "<Fields/><Filter><BatchSize>500</BatchSize><StartKey>0</StartKey></Filter>",
    "GetProviders": "<Fields/><Filter><PracticeName>Larkspur</PracticeName></Filter>",
    "GetServiceLocations": SERVICE_LOCATIONS,
    "UpdateAppointment": A_CHECK_IN,
}


@pytest.mark.parametrize("operation", REQUESTS)
def test_a_request_as_documented_fits_the_schema(schema: etree.XMLSchema, operation: str) -> None:
    assert_valid(schema, envelope(operation, request_header() + REQUESTS[operation]))


@pytest.mark.parametrize(
    "wrong",
    [
        "<Fields/><Filter><StartDate>11/1/2026</StartDate><EndDate>11/2/2026</EndDate></Filter>",
        "<Fields/><Filter><PracticeID>14</PracticeID></Filter>",
        f'<Fields xmlns="{K7}"/><Filter/>',
        "<Filter/>",
    ],
)
def test_a_request_that_wcf_would_misread_does_not_fit_the_schema(schema: etree.XMLSchema, wrong: str) -> None:
    with pytest.raises(etree.DocumentInvalid):
        assert_valid(schema, envelope("GetAppointments", request_header() + wrong))


# --- the endpoint -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ['"{}"', "{}"])
def test_the_action_may_be_quoted_or_not(client: ByHand, form: str) -> None:
    body = envelope("GetPractices", f"{request_header()}<Fields/><Filter/>")
    reply = client.post(body, form.format(f"{K}KareoServices/GetPractices"))
    assert (reply.status, reply.text("Authenticated")) == (200, "true")


@pytest.mark.parametrize("action", [f"{K}GetPractices", "GetPractices", "", f"{K}KareoServices/getpractices"])
def test_another_action_is_a_contract_filter_mismatch(client: ByHand, action: str) -> None:
    reply = client.post(envelope("GetPractices", request_header()), f'"{action}"')
    assert reply.status == 500
    assert "a:ActionNotSupported" in reply.fault
    assert f"'{action}'" in reply.fault
    assert "ContractFilter mismatch at the EndpointDispatcher" in reply.fault


@pytest.mark.parametrize("body", ["", "<broken", "<!DOCTYPE a []><a/>", '{"json": true}'])
def test_what_is_no_xml_is_a_bad_request(client: ByHand, body: str) -> None:
    assert client.post(body, quoted_action("GetPractices")).status == 400


def test_another_content_type_is_not_taken(client: ByHand) -> None:
    body = envelope("GetPractices", request_header())
    headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
    assert client.post(body, quoted_action("GetPractices"), **headers).status == 415


def test_a_missing_required_member_is_a_fault_with_status_500(client: ByHand) -> None:
    reply = client.call("GetAppointments", "<Filter/>")
    assert reply.status == 500
    assert "a:DeserializationFailed" in reply.fault
    assert "Expecting element 'Fields'" in reply.fault


def test_an_operation_that_is_not_simulated_says_so(client: ByHand) -> None:
    reply = client.call("CreatePatient", "<Patient/>")
    assert reply.status == 500
    assert "InternalServiceFault" in reply.fault
    assert "CreatePatient is not simulated" in reply.fault


def test_newer_operations_are_unknown_in_2021() -> None:
    with kareo(contract="2021") as client:
        assert "ContractFilter" in client.call("GetThrottles").fault


def test_the_key_stands_beside_the_login_in_one_operation() -> None:
    with kareo() as client:
        strings = (("CustomerKey", "customer_key"), ("Password", "password"), ("User", "user"))
        login = "".join(f"<{member}><![CDATA[{CREDENTIALS[key]}]]></{member}>" for member, key in strings)
        reply = client.post(envelope("GetCustomerIdFromKey", login), quoted_action("GetCustomerIdFromKey"))
        assert (reply.text("IsAuthorized"), reply.text("IsError")) == ("true", "false")
        wrong = envelope("GetCustomerIdFromKey", login.replace("Tea", "Coffee"))
        assert client.post(wrong, quoted_action("GetCustomerIdFromKey")).text("IsAuthorized") == "false"


def test_a_nil_filter_is_no_filter(client: ByHand) -> None:
    nil = f'<Fields/><Filter xmlns:i="{INSTANCE}" i:nil="true"/>'
    assert "Object reference not set" in client.call("GetAppointments", nil).fault
