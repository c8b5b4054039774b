"""Reads the members of parsed records; what must never be kept is left out here and nowhere later."""

from collections.abc import Mapping
from typing import Any

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.pages import RecordKind
from visitsync.connector_kit.soap import Element, is_nil, local_name
from visitsync.connectors.kareo.contract import Reply
from visitsync.connectors.kareo.secrecy import is_secret

LISTS = frozenset({"Cases", "InsurancePolicies", "Authorizations", "PatientSummaries", "ResourceIds"})
"""Members that are lists even where they hold one item or none."""

# A name in front of an appointment is no use to anyone here; social security numbers are asked of nobody.
_NAMES_OF_PATIENTS = frozenset({"PatientFullName", "AppointmentName"})
_CONTACT = frozenset(
    {"FirstName", "MiddleName", "LastName", "DateOfBirth", "Email", "WorkEmail", "OtherEmail"}
    | {"HomePhone", "MobilePhone", "WorkPhone", "OtherPhone"}
)
_LEFT_OUT: Mapping[RecordKind, frozenset[str]] = {
    RecordKind.APPOINTMENT: _NAMES_OF_PATIENTS,
    RecordKind.APPOINTMENT_DETAIL: _NAMES_OF_PATIENTS | _CONTACT | {"RecurrenceRule"},
}


class Names(dict[str, str]):
    """The name of a member by its tag, "" for one that is not kept; learned tag by tag, for one answer only.

    Raises RecordUnreadable for a tag in another namespace than the record's.
    """

    def __init__(self, namespace: str, left_out: frozenset[str]) -> None:
        super().__init__()
        self._start = f"{{{namespace}}}"
        self._left_out = left_out

    def __missing__(self, tag: str) -> str:
        name = tag.removeprefix(self._start)
        if name == tag:
            raise RecordUnreadable(f"{tag.rpartition('}')[2][:60]}: in another namespace than the record")
        kept = "" if name in self._left_out or is_secret(name) else name
        self[tag] = kept
        return kept


def names_of(reply: Reply) -> Names:
    """The names of a reply's members."""
    nothing: frozenset[str] = frozenset()
    return Names(reply.namespace, nothing if reply.kind is None else _LEFT_OUT.get(reply.kind, nothing))


def flat(row: Element, names: Names) -> dict[str, str]:
    """The members of a row of texts. Raises RecordUnreadable."""
    members: dict[str, str] = {}
    for child in row:
        if len(child):
            raise RecordUnreadable(f"{local_name(child)[:60]}: holds elements where a text belongs")
        if (text := child.text) and (name := names[child.tag]):
            if name in members:
                raise RecordUnreadable(f"{name}: stands there twice")
            members[name] = text
    return members


def nested(element: Element, names: Names) -> dict[str, Any]:
    """The members of a record that may hold others. Raises RecordUnreadable."""
    members: dict[str, Any] = {}
    for child in element:
        name = names[child.tag]
        if name in members:
            raise RecordUnreadable(f"{name}: stands there twice")
        if name and not is_nil(child) and (value := _value(child, name, names)) != "":
            members[name] = value
    return members


def _value(child: Element, name: str, names: Names) -> object:
    if name in LISTS:
        return [nested(item, names) if len(item) else item.text or "" for item in child]
    return nested(child, names) if len(child) else child.text or ""
