"""What a change would do is said before it is done, with ids and dates and no names; and nothing of it stays."""

from collections.abc import Callable

import pytest

from visitsync.wiring.conftest import Connected, Visitsync


@pytest.fixture
def video_type(connected: Callable[[str], Connected], visitsync: Visitsync) -> Connected:
    """Three appointments of a type that nobody connected, and one ordinary visit."""
    at = connected("drchrono")
    kind = at.emr.clinic.add_type("Remote Check")
    for _ in range(3):
        at.emr.book(type_id=kind.id)
    at.emr.book()
    visitsync("sync", "--full")
    return at


def test_connecting_a_type_says_how_many_would_start_and_which(video_type: Connected, visitsync: Visitsync) -> None:
    told = visitsync("catalog", "--preview", "Remote Check")
    assert "3 would start syncing (3 of them once the patient's record is read). Nothing was changed." in told.words
    facts = visitsync("approve", "mark", "Remote Check", "--preview", "--json").json
    assert (facts["would_start"], facts["would_stop"]) == (3, 0)
    assert {one["before"] for one in facts["turned"]} == {"not_telemedicine"}
    assert all(one["appointment_id"] in told.words for one in facts["turned"])
    names = [f"{one.first_name} {one.last_name}" for one in video_type.emr.clinic.patients]
    assert not any(name in told.words for name in names)
    assert not any(one["is_connected"] for one in visitsync("catalog", "--json").json["types"] if one["id"] == "Remote")
    assert visitsync("catalog", "--preview", "Remote Check").words == told.words


def test_disconnecting_a_type_says_how_many_would_stop(video_type: Connected, visitsync: Visitsync) -> None:
    told = visitsync("catalog", "--preview", "Telemedicine Visit").words
    assert "1 would stop" in told
    assert visitsync("approve", "mark", "Telemedicine Visit", "--withdraw", "--preview").words == told
    assert visitsync("approve", "mark", "Telemedicine Visit", "--withdraw").code == 0


def test_a_practitioner_and_a_location_are_tried_the_same_way(video_type: Connected, visitsync: Visitsync) -> None:
    at = video_type
    who, place = at.emr.clinic.practitioners, at.emr.clinic.add_location("North Annex")
    at.emr.book(location_id=place.id)
    visitsync("sync", "--full")
    told = visitsync("enable", "practitioner", str(next(iter(who)).id), "--off", "--preview").words
    assert "2 would need a provider. Nothing was changed." in told
    elsewhere = visitsync("catalog", "--preview", "North Annex", "--kind", "locations").words
    assert "1 would stop. Nothing was changed." in elsewhere


def test_what_is_new_renamed_or_no_longer_in_use_is_said(
    connected: Callable[[str], Connected], visitsync: Visitsync
) -> None:
    at = connected("drchrono")
    visitsync("sync", "--full")
    assert "New types" not in visitsync("catalog").words
    clinic = at.emr.clinic
    clinic.add_type("Remote Check")
    connected_type = next(kind for kind in clinic.types if kind.name == "Telemedicine Visit")
    clinic.change_type(connected_type.id, is_active=False)
    practitioner = next(iter(clinic.practitioners))
    clinic.change_practitioner(practitioner.id, last_name="Osei-Lindqvist")
    visitsync("sync", "--full")
    words = visitsync("catalog", "--all").words
    assert "New types since last week: Remote Check" in words
    assert "Connected types that are no longer in use: Telemedicine Visit" in words
    assert "Renamed practitioners, to be confirmed:" in words


def test_an_entry_that_is_not_there_is_named(connected: Callable[[str], Connected], visitsync: Visitsync) -> None:
    connected("drchrono")
    refused = visitsync("catalog", "--preview", "Nothing Like It")
    assert refused.code == 3
    assert "lists no 'Nothing Like It'" in refused.err
