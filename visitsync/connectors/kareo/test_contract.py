"""Every request that is ever sent fits the service description that the vendor publishes, and says what it means to."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.connector import Connector
from visitsync.connector_kit.errors import RequestRefused
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.kareo.contract import (
    ENDPOINT_PATH,
    K7,
    NUMBERS,
    QUESTIONS,
    REPLIES,
    K,
    Login,
    action,
    write_request,
)
from visitsync.simulator_kit.exchange import Request
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.staging import a_booking

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
LOGIN = Login(customer_key="KEY&1", user="api@birch.example", password="<&>\"' ü")
LISTS = [name for name, question in QUESTIONS.items() if question.has_fields]


class Description:
    """The vendor's own description, as its (pretend) server publishes it."""

    def __init__(self, version: str, folder: Path) -> None:
        with Trial("kareo", variants={"contract": version}) as trial:
            url = f"{trial.server.url}{ENDPOINT_PATH}"
            wsdl = etree.fromstring(call(f"{url}?wsdl").body)
            for number in range(8):
                text = call(f"{url}?xsd=xsd{number}").body.decode()
                # A validator fetches nothing: what is imported stands in the same folder.
                local = re.sub(r'schemaLocation="[^"]*\?xsd=(xsd\d)"', r'schemaLocation="\1.xsd"', text)
                (folder / f"xsd{number}.xsd").write_text(local)
        self.schema = etree.XMLSchema(file=str(folder / "xsd0.xsd"))
        bound = wsdl.iter("{http://schemas.xmlsoap.org/wsdl/soap/}operation")
        self.actions = {operation.get("soapAction") for operation in bound}

    def assert_fits(self, body: bytes) -> None:
        self.schema.assertValid(etree.ElementTree(etree.fromstring(etree.tostring(content_of(body)))))


@pytest.fixture(scope="module")
def descriptions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Description]:
    return {version: Description(version, tmp_path_factory.mktemp(version)) for version in ("2021", "current")}


def content_of(body: bytes) -> etree._Element:
    (content,) = etree.fromstring(body)[0]
    return content


def criteria_of(operation: str) -> dict[str, str]:
    """Something for every criterion."""
    return {
        name: "7" if name in NUMBERS or name == "ExternalVendorID" else "a <b> & c"
        for name in QUESTIONS[operation].criteria
    }


def names(element: etree._Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


@pytest.mark.parametrize("version", ["2021", "current"])
@pytest.mark.parametrize("operation", QUESTIONS)
def test_every_request_fits_the_published_description(
    operation: str, version: str, descriptions: dict[str, Description]
) -> None:
    description = descriptions[version]
    if action(operation) not in description.actions:
        assert version == "2021"
        assert operation in {"GetAppointmentReasons", "GetThrottles", "GetCustomerIdFromKey"}
        return
    description.assert_fits(write_request(operation, LOGIN, criteria_of(operation)))
    if not NUMBERS & set(QUESTIONS[operation].criteria) or operation == "GetAppointments":
        description.assert_fits(write_request(operation, LOGIN, {}))


def test_the_description_would_notice_another_order_and_another_namespace(descriptions: dict[str, Description]) -> None:
    good = write_request("GetServiceLocations", LOGIN, {"ID": "1", "PracticeID": "2"})
    swapped = re.sub(rb"(<k7:ID>.*</k7:ID>)(<k7:PracticeID>.*</k7:PracticeID>)", rb"\2\1", good)
    descriptions["2021"].assert_fits(good)
    for bad in (swapped, good.replace(b"k7:Fields", b"k:Fields"), good.replace(b"k:User", b"k:user")):
        assert bad != good
        with pytest.raises(etree.DocumentInvalid):
            descriptions["2021"].assert_fits(bad)


def test_everything_a_connection_ever_sends_fits_the_published_description(
    descriptions: dict[str, Description],
) -> None:
    with Trial("kareo", variants={"throttle_percent": "0"}, path=ENDPOINT_PATH) as trial:
        sent: list[Request] = []
        trial.server.on_response.append(lambda request, _: sent.append(request))
        booked = a_booking(trial.clinic)
        connector = trial.connector()
        for read in readings(connector, trial, str(booked.id), str(booked.patient_id)):
            read()
    operations = {request.operation for request in sent}
    assert operations == set(QUESTIONS)
    for request in sent:
        descriptions["current"].assert_fits(request.body)
        assert request.headers["soapaction"] == f'"{action(request.operation)}"'
        assert request.headers["content-type"] == "text/xml; charset=utf-8"


def readings(connector: Connector, trial: Trial, booked: str, patient: str) -> list[Callable[[], object]]:
    return [
        connector.check,
        lambda: list(connector.read_catalog()),
        lambda: list(connector.read_window(*trial.window, None)),
        lambda: list(connector.read_changes(None)),
        lambda: list(connector.read_patient_changes(None)),
        lambda: list(connector.read_appointment(booked, urgency=Urgency.PERSON_WAITS)),
        lambda: list(connector.read_appointment(f"{booked}@2026-11-12T09:00", urgency=Urgency.SOON)),
        lambda: list(connector.read_details([booked], urgency=Urgency.SOON)),
        lambda: list(connector.read_patients([patient], urgency=Urgency.SOON)),
    ]


def test_the_login_stands_in_the_one_order_that_is_read() -> None:
    header = content_of(write_request("GetPatient", LOGIN, {"PatientID": "1"})).find(
        f"{{{K}}}request/{{{K}}}RequestHeader"
    )
    assert header is not None
    assert names(header) == ["ClientVersion", "CustomerKey", "Password", "User"]
    assert [child.text for child in header][1:] == [LOGIN.customer_key, LOGIN.password, LOGIN.user]


@pytest.mark.parametrize("operation", LISTS)
def test_a_list_asks_for_every_column_and_never_without_a_filter(operation: str) -> None:
    (request,) = content_of(write_request(operation, LOGIN, {}))
    namespace = K7 if operation == "GetServiceLocations" else K
    assert [child.tag for child in request] == [
        f"{{{K}}}RequestHeader",
        f"{{{namespace}}}Fields",
        f"{{{namespace}}}Filter",
    ]
    assert (len(request[1]), len(request[2])) == (0, 0)


@pytest.mark.parametrize("operation", QUESTIONS)
def test_criteria_are_written_in_ordinal_order_however_they_are_given(operation: str) -> None:
    given = dict(reversed(criteria_of(operation).items()))
    (request,) = content_of(write_request(operation, LOGIN, given))
    inside = QUESTIONS[operation].inside
    place = request[-1] if inside else request
    written = [name for name in names(place) if name in given]
    assert written == sorted(given)


def test_the_login_without_a_header_has_its_place_too() -> None:
    (request,) = content_of(write_request("GetCustomerIdFromKey", LOGIN, {}))
    assert names(request) == ["CustomerKey", "Password", "User"]


@pytest.mark.parametrize(
    ("operation", "criteria"),
    [
        ("GetAppointments", {"PracticeID": "3"}),
        ("GetAppointments", {"startDate": "1/1/2026"}),
        ("GetAppointment", {"AppointmentId": "12a"}),
        ("GetAppointment", {"AppointmentId": ""}),
        ("GetAppointment", {"AppointmentId": "٣"}),
        ("GetPatient", {"PatientID": "1 or 2"}),
        ("GetAppointments", {"PracticeName": "a\x00b"}),
    ],
)
def test_what_kareo_would_skip_or_choke_on_is_never_sent(operation: str, criteria: dict[str, str]) -> None:
    with pytest.raises(RequestRefused) as refusal:
        write_request(operation, LOGIN, criteria)
    assert LOGIN.password not in str(refusal.value)


def test_the_login_shows_nowhere() -> None:
    assert repr(LOGIN) == "Login()"


def test_the_two_namespaces_differ_by_one_slash_and_nothing_else() -> None:
    assert K7 + "/" == K
    assert [operation for operation, reply in REPLIES.items() if reply.namespace == K7] == ["GetServiceLocations"]
