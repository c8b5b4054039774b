"""What servers write that the standard did not foresee, or that few of them use: each is read, or refused by name."""

from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connectors.fhir_r4 import TRANSLATOR
from visitsync.connectors.fhir_r4.fixtures import PATIENT, PRACTITIONER, appointment, bundle
from visitsync.connectors.fhir_r4.test_translate import HERE, read, refused, texts
from visitsync.domain.appointment import Mark, MarkKind
from visitsync.domain.local_time import Clarity
from visitsync.domain.practice import CatalogEntry

PRACTITIONERS = {"display_only": "practitioner"}


def actor(reference: str | None = None, **members: Any) -> dict[str, Any]:
    """Somebody who takes part."""
    return {"actor": {**members} | ({"reference": reference} if reference else {}), "status": "accepted"}


@pytest.mark.parametrize(
    "reference", ["p-8", "patient/p-8", "Patient/no id", "Patient?name=Ada", "Patient?identifier=1&active=true"]
)
def test_a_reference_that_cannot_be_read_is_no_place_of_that_name(reference: str) -> None:
    reason = refused(appointment(participant=[actor(reference, display="Ada Invented"), PRACTITIONER]))
    assert "participant.actor.reference" in reason
    assert "Ada" not in reason


def test_references_from_the_root_and_by_type_and_bare_id_are_read() -> None:
    assert read(appointment(participant=[actor("/Patient/p-8", display="Ada"), PRACTITIONER])).patient_id == "p-8"
    assert read(appointment(participant=[actor("p-8", type="Patient"), PRACTITIONER])).patient_id == "p-8"


def test_a_patient_may_be_named_by_a_search_for_a_number() -> None:
    whole = actor("Patient?identifier=https%3A%2F%2Fids.example.org|77", display="Ada")
    assert read(appointment(participant=[whole, PRACTITIONER])).patient_id == "https://ids.example.org|77"
    assert read(appointment(participant=[actor("Patient?identifier=77"), PRACTITIONER])).patient_id == "|77"


@pytest.mark.parametrize(
    "others",
    [
        [],
        [actor(display="Dr Invented")],
        [PRACTITIONER, actor("Location/l-1")],
        [PRACTITIONER, actor(display="Room 4")],
    ],
)
def test_whoever_is_only_named_may_be_the_patient_where_nobody_else_is(others: list[dict[str, Any]]) -> None:
    reason = refused(appointment(participant=[actor(display="Ada Invented"), *others]))
    assert "may be the patient" in reason
    assert "Ada" not in reason


def test_whoever_has_but_a_number_may_be_the_patient_too() -> None:
    numbered = actor(identifier={"system": "urn:ids", "value": "1"})
    assert "may be the patient" in refused(appointment(participant=[numbered]))
    found = read(appointment(participant=[PATIENT, numbered]), msgspec.structs.replace(HERE, settings=PRACTITIONERS))
    assert (found.patient_id, found.practitioner_name, found.location_name) == ("p-1", None, None)


def test_a_meeting_in_a_room_that_is_only_named_is_a_block() -> None:
    found = read(appointment(participant=[PRACTITIONER, actor(display="Room 4")]))
    assert (found.is_block, found.location_name) == (True, "Room 4")
    place = {**actor(display="Room 4"), "type": [{"coding": [{"code": "LOC"}]}]}
    assert read(appointment(participant=[place])).location_name == "Room 4"


def test_a_patient_by_type_who_is_only_named_is_refused() -> None:
    subject = {**actor(display="Ada"), "type": [{"coding": [{"code": "SBJ"}]}]}
    assert "the patient is only named" in refused(appointment(participant=[subject, PRACTITIONER]))


def test_a_group_that_nobody_lists_is_a_group_visit_and_no_block() -> None:
    for row in (
        appointment(participant=[PRACTITIONER], subject={"reference": "Group/g-1"}),
        appointment(participant=[PRACTITIONER, actor("Group/g-1")]),
    ):
        found = read(row)
        assert (found.is_group, found.is_block, found.patient_id) == (True, False, None)


def test_a_place_among_the_supporting_information_counts_where_none_takes_part() -> None:
    beside = [{"reference": "Location/l-7", "display": "East"}, {"reference": "#meeting", "type": "Endpoint"}]
    found = read(appointment(participant=[PATIENT, PRACTITIONER], supportingInformation=beside))
    assert (found.location_id, texts(found, MarkKind.LOCATION)) == ("l-7", ["East"])
    there = read(appointment(participant=[PATIENT, actor("Location/l-1")], supportingInformation=beside))
    assert there.location_id == "l-1"


def test_a_meeting_room_in_a_contained_endpoint_is_a_sign_of_video() -> None:
    endpoint = {"resourceType": "Endpoint", "id": "meeting", "address": "https://meet.example.org/1"}
    assert texts(read(appointment(contained=[endpoint])), MarkKind.MODE) == ["Virtual meeting room"]
    assert (
        texts(read(appointment(contained=[{**endpoint, "address": None} | {"resourceType": "Device"}])), MarkKind.MODE)
        == []
    )


def test_a_class_and_national_extensions_are_signs_of_video() -> None:
    virtual, in_person = ({"coding": [{"code": code}]} for code in ("VR", "AMB"))
    assert texts(read(appointment(**{"class": [virtual]})), MarkKind.MODE) == ["Virtual encounter"]
    assert texts(read(appointment(**{"class": [in_person]})), MarkKind.MODE) == []
    url = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-DeliveryChannel-2"
    assert texts(read(appointment(extension=[{"url": url, "valueCode": "Video"}])), MarkKind.MODE) == ["Video"]


def test_an_extension_with_the_address_of_a_meeting_marks_without_it() -> None:
    context = msgspec.structs.replace(HERE, settings={"mode_extensions": "urn:meeting"})
    found = read(appointment(extension=[{"url": "urn:meeting", "valueUrl": "https://meet.example.org/1"}]), context)
    assert Mark(MarkKind.MODE, "urn:meeting|yes", "yes") in found.marks
    parts = [{"url": "joinUrl", "valueUrl": "https://meet.example.org/1"}]
    assert texts(read(appointment(extension=[{"url": "urn:meeting", "extension": parts}]), context), MarkKind.MODE) == [
        "yes"
    ]


def test_a_listed_place_that_is_virtual_marks_what_takes_place_there() -> None:
    place = {"resourceType": "Location", "id": "l-1", "name": "Online", "physicalType": {"coding": [{"code": "vi"}]}}
    (record,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.LOCATION, body=msgspec.json.encode(bundle(place))))
    assert isinstance(record, RawRecord)
    entry = TRANSLATOR.catalog_entry(record, HERE)
    row = appointment(participant=[PATIENT, actor("Location/l-1")])
    assert texts(read(row, _with_place(entry)), MarkKind.MODE) == ["Virtual place"]
    assert texts(read(row, _with_place(CatalogEntry(id="l-1", name="Online"))), MarkKind.MODE) == []


def test_what_a_request_replaces_is_the_appointment_before_it() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/request-replaces"
    row = appointment(extension=[{"url": url, "valueReference": {"reference": "/Appointment/a-0"}}])
    assert read(row).replaces_id == "a-0"


def test_a_wish_for_a_day_sorts_by_the_practices_midnight() -> None:
    row = appointment(status="proposed", start=None, end=None, requestedPeriod=[{"start": "2026-11-02"}])
    found = read(row)
    assert (found.start.wall.isoformat(), found.start.clarity) == ("2026-11-02T00:00:00", Clarity.CONTRADICTORY)


@pytest.mark.parametrize("reference", ["RelatedPerson/m-1", "Person/m-1"])
def test_a_relative_alone_stands_for_a_patient_who_is_not_told(reference: str) -> None:
    found = read(appointment(participant=[PRACTITIONER, actor(reference, display="Mum")]))
    assert (found.is_block, found.patient_id) == (False, None)


def test_of_several_patients_one_who_comes_counts_first() -> None:
    declined = {**actor("Patient/p-2"), "status": "declined"}
    found = read(appointment(participant=[declined, PATIENT, PRACTITIONER]))
    assert (found.patient_id, found.other_patient_ids) == ("p-1", ("p-2",))


def test_who_is_contained_is_known_by_number_and_name() -> None:
    contained = [
        {"resourceType": "Patient", "id": "p", "identifier": [{"value": "5"}, {"system": "urn:mrn", "value": "77"}]},
        {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Invented", "given": ["Ida"]}]},
        {"resourceType": "Location", "id": "l", "name": "East"},
    ]
    found = read(appointment(contained=contained, participant=[actor("#p"), actor("#d"), actor("#l")]))
    assert (found.patient_id, found.practitioner_name, found.location_name) == ("urn:mrn|77", "Ida Invented", "East")
    assert found.practitioner_id is found.location_id is None
    assert read(appointment(contained=contained, participant=[actor("#p", type="Patient")])).patient_id == "urn:mrn|77"
    contained[0] = {"resourceType": "Patient", "id": "p", "identifier": [{"value": "5"}]}
    assert "expected a reference to a Patient" in refused(appointment(contained=contained, participant=[actor("#p")]))


@pytest.mark.parametrize("minutes", [20, 20.0, "20"])
def test_where_it_ends_as_it_starts_its_length_is_what_is_told_besides(minutes: float | str) -> None:
    row = appointment(minutesDuration=minutes)
    assert read({**row, "end": row["start"]}).duration_minutes == 20


def test_a_patient_with_a_number_for_an_id_is_read() -> None:
    body = b'{"resourceType":"Patient","id":77,"name":[{"family":"Quill"}]}'
    (record,) = TRANSLATOR.split(TRANSLATOR.page_from_file(body))
    assert isinstance(record, RawRecord)
    assert TRANSLATOR.patient(record, HERE).last_name == "Quill"


def _with_place(entry: CatalogEntry) -> TranslationContext:
    return msgspec.structs.replace(HERE, locations={entry.id: entry})
