"""Which of several names, addresses and policies counts, and how times, references and answers are read."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.fhir.bundles import read_bundle
from visitsync.connector_kit.fhir.coverage import covered
from visitsync.connector_kit.fhir.instants import NoZone, day_bounds, instant, moment
from visitsync.connector_kit.fhir.metadata import Capability, read_capabilities
from visitsync.connector_kit.fhir.outcomes import what_it_says
from visitsync.connector_kit.fhir.picking import address_of, emails_of, name_of, phones_of
from visitsync.connector_kit.fhir.references import NOBODY, Target, target_of
from visitsync.connector_kit.fhir.shapes import (
    COVERAGES,
    ContactPoint,
    CoverageShape,
    HumanName,
    Period,
    PostalAddress,
    Reference,
)
from visitsync.domain.patient import Address

TODAY = date(2026, 11, 9)
ENDED = Period(start="2019-01-01", end="2020-12")


def test_the_official_name_counts_and_former_ones_never() -> None:
    names = [
        HumanName(use="maiden", family="Formerly", given=["A"]),
        HumanName(use="usual", family="Usually", given=["Bea"]),
        HumanName(use="official", family=["Of", "Ficial"], given=[None, "Ada", "B."]),
        HumanName(use="official", family="Ended", given=["X"], period=ENDED),
    ]
    assert name_of(names, TODAY) == ("Ada", "Of Ficial")
    assert name_of(names[:2], TODAY) == ("Bea", "Usually")
    assert name_of(names[:1], TODAY) == ("", "")
    assert name_of([HumanName(text="Quill, Noor")], TODAY) == ("Noor", "Quill")
    assert name_of([HumanName(text="Noor Ada Quill")], TODAY) == ("Noor Ada", "Quill")


def test_the_lowest_rank_counts_and_what_ended_or_is_old_does_not() -> None:
    points = [
        ContactPoint(system="email", value="second@example.org", rank=2),
        ContactPoint(system="email", value="old@example.org", use="old", rank=1),
        ContactPoint(system="email", value="ended@example.org", rank=1, period=ENDED),
        ContactPoint(system="Email", value="first@example.org", use="work", rank="1"),
        ContactPoint(system="email", value="  "),
        ContactPoint(system="phone", value="555"),
        ContactPoint(system="sms", value="556", rank=1),
    ]
    assert emails_of(points, TODAY) == [("work", "first@example.org"), ("", "second@example.org")]
    assert phones_of(points, TODAY) == ("556", "555")


def test_an_email_is_read_also_as_a_link_or_with_blanks() -> None:
    points = [ContactPoint(system="email", value=value) for value in ("mailto:ada@example.org", " bo@example.org ")]
    assert emails_of(points, TODAY) == [("", "ada@example.org"), ("", "bo@example.org")]


def test_an_address_in_one_text_is_its_line_where_nothing_else_is_said() -> None:
    assert address_of([PostalAddress(text="1 Elm St, Erie PA")], TODAY) == Address("1 Elm St, Erie PA")
    assert address_of([PostalAddress(text="1 Elm St, Erie", city="Erie")], TODAY) == Address("", "Erie")


def test_the_home_address_counts_before_temporary_ones() -> None:
    home = PostalAddress(use="home", line=["12 Sample St", None, "Apt 3"], city="Tampa", postal_code="33601")
    temporary, old = PostalAddress(use="temp", city="Elsewhere"), PostalAddress(use="old", city="Formerton")
    assert address_of([old, temporary, home], TODAY).line == "12 Sample St Apt 3"
    assert address_of([old, temporary], TODAY).city == "Elsewhere"
    assert address_of([old], TODAY).city == ""


def _policy(**members: Any) -> CoverageShape:
    return COVERAGES.decode(msgspec.json.encode({"status": "active", **members}))


def test_policies_in_force_come_in_their_order_and_persons_are_no_payers() -> None:
    second = _policy(order=2, payor=[{"reference": "Organization/o-2"}], subscriberId="S2")
    first = _policy(order=1, payor=[{"display": "Typed Mutual"}], type={"text": "PPO"})
    ended = _policy(order=1, payor=[{"display": "Former"}], period={"end": "2020"})
    cancelled = _policy(status="cancelled", payor=[{"display": "Cancelled"}])
    own = _policy(payor=[{"reference": "Patient/p-1"}])
    found = covered([second, ended, cancelled, own, first], {"o-2": "Second Mutual"}, TODAY)
    assert [(each.payer_name, each.payer_id, each.member_id) for each in found.policies] == [
        ("Typed Mutual", "", ""),
        ("Second Mutual", "o-2", "S2"),
    ]
    assert found.is_self_pay


@pytest.mark.parametrize(
    "members",
    [
        {"payor": [{"reference": "#o"}], "contained": [{"resourceType": "Organization", "id": "o", "name": "Inside"}]},
        {"insurer": {"display": "Inside"}, "kind": "insurance"},
        {"issuer": {"display": "Inside"}, "status": None},
    ],
)
def test_the_payer_is_found_in_every_version(members: dict[str, Any]) -> None:
    (policy,) = covered([_policy(**members)], {}, TODAY).policies
    assert policy.payer_name == "Inside"


@pytest.mark.parametrize(
    ("identifier", "number"), [([{"value": "77"}], "77"), ({"value": "77"}, "77"), ([{}], ""), ("77", "")]
)
def test_a_contained_payer_is_known_by_its_own_number(identifier: Any, number: str) -> None:
    payer = {"resourceType": "Organization", "id": "o", "name": "Inside", "identifier": identifier}
    (policy,) = covered([_policy(payor=[{"reference": "#o"}], contained=[payer])], {}, TODAY).policies
    assert (policy.payer_name, policy.payer_id) == ("Inside", number)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-10-20T12:58:11Z", datetime(2026, 10, 20, 12, 58, 11, tzinfo=UTC)),
        ("2026-10-20T12:58Z", datetime(2026, 10, 20, 12, 58, tzinfo=UTC)),
        ("2026-10-20T12:58:11.1234567891-0430", datetime(2026, 10, 20, 17, 28, 11, 123456, tzinfo=UTC)),
        ("2026-10-20T12:58:11.5+05:45", datetime(2026, 10, 20, 7, 13, 11, 500000, tzinfo=UTC)),
    ],
)
def test_instants_are_read_with_any_fraction_and_offset(text: str, found: datetime) -> None:
    assert instant(text) == moment(text) == found


@pytest.mark.parametrize(
    "text", ["2026-10-20", "12:00", "2026-10-20T24:00:00Z", "2026-10-20T12:58:60Z", "1700-01-01T00:00:00Z"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    for reader in (instant, moment):
        with pytest.raises(ValueError, match=r"expected|must be"):
            reader(text)
    with pytest.raises(NoZone):
        instant("2026-10-20T12:58:11")


def test_partial_dates_mean_their_whole_span() -> None:
    assert day_bounds("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert day_bounds("2024") == (date(2024, 1, 1), date(2024, 12, 31))
    assert day_bounds("2024-12") == (date(2024, 12, 1), date(2024, 12, 31))
    assert day_bounds("2024-02-03T10:00:00Z") == (date(2024, 2, 3), date(2024, 2, 3))
    assert day_bounds("2024-13") is day_bounds("soon") is None


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        (Reference(reference="Patient/1"), Target("Patient", "1")),
        (Reference(reference="Patient/1/_history/3"), Target("Patient", "1")),
        (Reference(reference="https://x.example/r4/t1/Patient/1"), Target("Patient", "1", "https://x.example/r4/t1")),
        (Reference(reference="#p1"), Target("", "p1", is_contained=True)),
        (Reference(reference="urn:uuid:7e2d"), Target("", "urn:uuid:7e2d")),
        (Reference(reference="urn:uuid:7e2d", type="Patient"), Target("Patient", "urn:uuid:7e2d")),
        (Reference(resource_type="Patient", id="1"), Target("Patient", "1")),
        (Reference(type="Patient", display="Ada"), Target("Patient", "")),
        (Reference(reference="/Patient/1"), Target("Patient", "1")),
        (Reference(reference="slot-without-type"), NOBODY),
        (Reference(reference="77", type="Patient"), Target("Patient", "77")),
        (Reference(reference="no id", type="Patient"), Target("Patient", "")),
        (Reference(reference="Patient?identifier=1"), Target("Patient", "")),
        (Reference(reference="Patient?name=Ada"), NOBODY),
        (Reference(display="Room 4"), NOBODY),
    ],
)
def test_references_of_every_form_are_read(reference: Reference, target: Target) -> None:
    assert target_of(reference) == target


def test_a_second_list_of_entries_does_not_replace_the_first() -> None:
    with pytest.raises(AnswerUnreadable):
        read_bundle(b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}}],"entry":[]}')
    inner = b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"List","entry":[]}}]}'
    assert len(read_bundle(inner).entries) == 1


def test_an_outcome_is_told_by_its_codes_alone() -> None:
    body = b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled","diagnostics":"Ada"}]}'
    assert what_it_says(body) == "error throttled"


def test_metadata_are_read_whatever_they_leave_out() -> None:
    body = b'{"resourceType":"CapabilityStatement","rest":[{"resource":[{"type":"Appointment"},{}]}]}'
    found = read_capabilities(body)
    assert found.has("Appointment")
    assert found.can("Appointment", "read")
    assert not found.knows("Appointment", "_lastUpdated")
    assert found.resources["Appointment"] == Capability()
    with pytest.raises(AnswerUnreadable):
        read_capabilities(b"<html>")
    with pytest.raises(AnswerUnreadable):
        read_capabilities(b'{"resourceType":"Bundle"}')
