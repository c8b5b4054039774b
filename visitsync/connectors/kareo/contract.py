"""What goes over the wire to Kareo and back: operations, the order of members, namespaces.

Kareo's reader only walks forward: a member that is out of order, misspelt or in the other namespace is skipped without
a word, and the call then answers another question. So requests are built from these tables and nowhere else.
Source: kareo reference, sections 1, 2 and 5.
"""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.errors import RequestRefused
from visitsync.connector_kit.pages import RecordKind
from visitsync.connector_kit.soap import write_envelope, write_text

K = "http://www.kareo.com/api/schemas/"
K7 = "http://www.kareo.com/api/schemas"
"""Differs by one slash; the members of service locations live here."""
ENDPOINT_PATH = "/services/soap/2.1/KareoServices.svc"
CLIENT_VERSION = "Visitsync"
NUMBERS = frozenset({"AppointmentId", "PatientID", "PracticeId"})
"""Members that are whole numbers in single operations: anything else faults."""


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """The three strings that every request carries."""

    customer_key: str
    user: str
    password: str

    def __repr__(self) -> str:
        return "Login()"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """How an operation is asked: the members of its criteria in wire order, and where they stand."""

    criteria: tuple[str, ...] = ()
    inside: str = ""
    """The element around the criteria; "": they stand in the request itself."""
    has_fields: bool = False
    """A list: needs `Fields` (empty: every column comes back) before its Filter, and the Filter always."""
    has_header: bool = True
    prefix: str = "k"
    """Namespace of Fields and criteria."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation's result holds after the verdicts."""

    payload: str
    row: str = ""
    """The element of one row; "": the payload is a single record."""
    kind: RecordKind | None = None
    """None: nothing that is kept."""
    namespace: str = K
    id: str = "ID"
    """The member that identifies a record."""


_CREATED_AND_MODIFIED = ("FromCreatedDate", "FromLastModifiedDate")

QUESTIONS: Mapping[str, Question] = {
    "GetAppointments": Question(
        has_fields=True,
        inside="Filter",
        criteria=(
            "AppointmentReason",
            "ConfirmationStatus",
            "EndDate",
            *_CREATED_AND_MODIFIED,
            "PatientCasePayerScenario",
            "PatientFullName",
            "PatientID",
            "PracticeName",
            "ResourceName",
            "ServiceLocationName",
            "StartDate",
            "TimeZoneOffsetFromGMT",
            "ToCreatedDate",
            "ToLastModifiedDate",
            "Type",
        ),
    ),
    "GetAppointment": Question(inside="Appointment", criteria=("AppointmentId",)),
    "GetPatient": Question(inside="Filter", criteria=("ExternalID", "ExternalVendorID", "PatientID")),
    "GetPatients": Question(
        has_fields=True,
        inside="Filter",
        criteria=("FromLastModifiedDate", "PracticeID", "PracticeName", "ToLastModifiedDate"),
    ),
    "GetProviders": Question(has_fields=True, inside="Filter", criteria=("PracticeID", "PracticeName", "Type")),
    "GetPractices": Question(has_fields=True, inside="Filter", criteria=("Active", "ID", "PracticeName")),
    "GetServiceLocations": Question(
        has_fields=True, inside="Filter", criteria=("ID", "PracticeID", "PracticeName"), prefix="k7"
    ),
    "GetAppointmentReasons": Question(criteria=("PracticeId",)),
    "GetThrottles": Question(),
    "GetCustomerIdFromKey": Question(has_header=False),
}
"""Of long filters only the criteria that we use; those are in the order of the whole."""

REPLIES: Mapping[str, Reply] = {
    "GetAppointments": Reply(payload="Appointments", row="AppointmentData", kind=RecordKind.APPOINTMENT),
    "GetAppointment": Reply(payload="Appointment", kind=RecordKind.APPOINTMENT_DETAIL, id="AppointmentId"),
    "UpdateAppointment": Reply(payload="Appointment", kind=RecordKind.APPOINTMENT_DETAIL, id="AppointmentId"),
    "GetPatient": Reply(payload="Patient", kind=RecordKind.PATIENT),
    "GetPatients": Reply(payload="Patients", row="PatientData", kind=RecordKind.PATIENT),
    "GetAllPatients": Reply(payload="Patients", row="PatientBatchData", kind=RecordKind.PATIENT),
    "GetProviders": Reply(payload="Providers", row="ProviderData", kind=RecordKind.PRACTITIONER),
    "GetServiceLocations": Reply(
        payload="ServiceLocations", row="ServiceLocationData", kind=RecordKind.LOCATION, namespace=K7
    ),
    "GetAppointmentReasons": Reply(
        payload="AppointmentReasons",
        row="AppointmentReasonData",
        kind=RecordKind.APPOINTMENT_TYPE,
        id="AppointmentReasonId",
    ),
    "GetPractices": Reply(payload="Practices", row="PracticeData"),
}


def action(operation: str) -> str:
    """The SOAPAction of an operation, without its quotes."""
    return f"{K}KareoServices/{operation}"


def answer_tag(operation: str) -> str:
    """The element that answers an operation."""
    return f"{{{K}}}{operation}Response"


def write_request(operation: str, login: Login, criteria: Mapping[str, str]) -> bytes:
    """The envelope that asks an operation. Raises RequestRefused for criteria that Kareo would skip or fault on."""
    question = QUESTIONS[operation]
    if unknown := sorted(criteria.keys() - set(question.criteria)):
        raise RequestRefused(f"{operation} has no criterion {unknown[0]}.")
    content = (_header(login) if question.has_header else _bare_login(login)) + _criteria(question, criteria)
    prefixes = {"k": K} | ({"k7": K7} if question.prefix == "k7" else {})
    return write_envelope(f"<k:{operation}><k:request>{content}</k:request></k:{operation}>", prefixes)


def _header(login: Login) -> str:
    """In this order, whatever looks nicer: otherwise a member is lost, and a good login looks like a bad one."""
    version = write_text("k:ClientVersion", CLIENT_VERSION)
    return f"<k:RequestHeader>{version}{_bare_login(login)}</k:RequestHeader>"


def _bare_login(login: Login) -> str:
    return (
        write_text("k:CustomerKey", login.customer_key)
        + write_text("k:Password", login.password)
        + write_text("k:User", login.user)
    )


def _criteria(question: Question, criteria: Mapping[str, str]) -> str:
    prefix = question.prefix
    members = "".join(_criterion(prefix, name, criteria[name]) for name in question.criteria if name in criteria)
    fields = f"<{prefix}:Fields/>" if question.has_fields else ""
    if not question.inside:
        return members
    return f"{fields}<{prefix}:{question.inside}>{members}</{prefix}:{question.inside}>"


def _criterion(prefix: str, name: str, value: str) -> str:
    if name in NUMBERS and not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise RequestRefused(f"{name} is not a whole number.")
    return write_text(f"{prefix}:{name}", value)
