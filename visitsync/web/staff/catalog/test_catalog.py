"""Types, locations, providers, as people of the practice get them."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from tests.stage.clinic import Clinics
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import connector_for, supported_emrs
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog, practice_settings, practices, staff
from visitsync.web.staff.catalog.conftest import HOME, TABS, ask, change, text_of

AsPerson = Callable[[str], Client]
NONSENSE = ("page=0", "page=²", "page=-1", "show=x", "connection=x", "q=%00", "done=x", "done=9999", f"page={9**20}")


def test_everybody_who_may_see_settings_sees_every_tab(as_person: AsPerson, clinics: Clinics) -> None:
    for key in ("admin", "front", "reader", "operator"):
        client = as_person(key)
        for tab in TABS:
            answer = client.get(HOME + tab)
            assert answer.status_code == 200
            assert (f"{HOME}/preview" in answer.content.decode()) is (key == "admin"), (key, tab)


def test_who_may_not_see_settings_sees_none(as_person: AsPerson, clinics: Clinics) -> None:
    assert {as_person("provider").get(HOME + tab).status_code for tab in TABS} == {403}


def test_nobody_but_an_admin_previews_or_changes(as_person: AsPerson, clinics: Clinics) -> None:
    given = ask(clinics, "approve", kind="type", value="Video Consult")
    for key in ("front", "reader", "operator", "provider"):
        client = as_person(key)
        assert client.get(f"{HOME}/preview", given).status_code == 403
        assert client.post(f"{HOME}/carry-out", given).status_code == 403
        assert client.get(f"{HOME}/provider", given).status_code == 403


def test_the_admin_of_another_practice_finds_nothing_here(as_person: AsPerson, clinics: Clinics) -> None:
    client, given = as_person("other-admin"), ask(clinics, "approve", kind="type", value="Video Consult")
    for tab in TABS:
        assert client.get(HOME + tab).status_code == 404
    assert client.get(f"{HOME}/preview", given).status_code == 404
    assert client.get("/p/juniper/types/preview", given).status_code == 422
    assert client.post("/p/juniper/types/carry-out", given).status_code == 302
    assert "Video Consult" in text_of(as_person("admin").get(f"{HOME}?show=not"))


def test_the_list_says_what_is_connected_by_whom_and_how_often_it_is_used(
    as_person: AsPerson, clinics: Clinics
) -> None:
    page = text_of(as_person("admin").get(HOME))
    assert "Appointment types in DrChrono" in page
    assert "appointment profile" in page
    assert "by demo admin, today" in page
    assert "coming" in page


def test_what_is_spelt_almost_right_is_listed_first_with_what_was_meant(as_person: AsPerson, clinics: Clinics) -> None:
    page = text_of(as_person("front").get(HOME))
    assert page.index("Spelt almost right") < page.index("Search by name")
    assert "looks like “ Telemedicine Visit ” but differs by one letter" in page


def test_what_is_renamed_gone_or_new_shows(as_person: AsPerson, clinics: Clinics) -> None:
    listed = [
        CatalogEntry(id="9001", name="Brand new kind"),
        CatalogEntry(id="9002", name="Gone kind", is_active=False),
    ]
    _save(clinics, RecordKind.APPOINTMENT_TYPE, listed)
    page = text_of(as_person("admin").get(HOME, {"show": "look"}))
    assert "Brand new kind" in page
    assert "No longer in use" in page
    assert "New " in page


def test_a_renamed_location_is_confirmed_once_it_is_connected(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    change(admin, clinics, "location", location="11", on="1")
    _save(clinics, RecordKind.LOCATION, [CatalogEntry(id="11", name="Uptown Office", zone="America/New_York")])
    page = text_of(admin.get(f"{HOME}/locations"))
    assert "was “New York Office”" in page
    assert "Confirm the name" in page
    after = change(admin, clinics, "confirm", list="locations", entry="11")
    assert "Confirmed that “Uptown Office” is the same as “New York Office”" in after
    assert "Confirm the name" not in after


def test_a_number_that_the_emr_gave_to_somebody_else_shows(as_person: AsPerson, clinics: Clinics) -> None:
    renamed = CatalogEntry(id="301", name="Wilbur Oates", npi="1999999993")
    _save(clinics, RecordKind.PRACTITIONER, [renamed])
    admin = as_person("admin")
    assert "Number used again" in text_of(admin.get(f"{HOME}/providers"))
    page = text_of(admin.get(f"{HOME}/provider", ask(clinics, "", provider="301")))
    assert "gave this number to somebody else" in page
    assert "Imara Osei" in page


def test_a_provider_without_npi_or_who_is_no_clinician_shows(as_person: AsPerson, clinics: Clinics) -> None:
    _save(clinics, RecordKind.PRACTITIONER, [CatalogEntry(id="399", name="Odile Prentiss")])
    page = text_of(as_person("admin").get(f"{HOME}/providers"))
    assert "NPI missing" in page
    assert "Not a clinician" in page


def test_a_long_list_is_searched_and_leafed_through(as_person: AsPerson, clinics: Clinics) -> None:
    many = [CatalogEntry(id=f"8{number:04}", name=f"Kind {number:04}", owner_id="301") for number in range(1_000)]
    _save(clinics, RecordKind.APPOINTMENT_TYPE, many)
    admin = as_person("admin")
    first = admin.get(HOME)
    assert len(first.content) < 120_000
    assert "1–50 shown" in text_of(first)
    assert "Next" in text_of(first)
    last = text_of(admin.get(HOME, {"page": "999"}))
    assert "Kind 0999" in last
    assert "Previous" in last
    found = text_of(admin.get(HOME, {"q": "kind 0777"}))
    assert "1 of 1011" in found
    assert "Kind 0778" not in found


def test_text_of_the_emr_is_shown_as_text(as_person: AsPerson, clinics: Clinics) -> None:
    hostile = "<script>alert(1)</script>{{ 7|add:7 }}\u202egnp" + "x" * 1_000
    for kind in (RecordKind.APPOINTMENT_TYPE, RecordKind.LOCATION, RecordKind.PRACTITIONER):
        _save(clinics, kind, [CatalogEntry(id='"><b>', name=hostile)])
    admin = as_person("admin")
    for tab in ("", "/locations", "/providers"):
        page = admin.get(HOME + tab).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        assert '"><b>' not in page
    asked = admin.get(f"{HOME}/preview", ask(clinics, "approve", kind="type", value=hostile))
    assert asked.status_code == 200
    assert "<script>alert" not in asked.content.decode()


def test_nonsense_in_the_address_shows_the_list(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    for query in NONSENSE:
        assert admin.get(f"{HOME}?{query}").status_code == 200, query


def test_a_practice_without_an_emr_is_told_so_and_can_still_be_set_up(as_person: AsPerson, clinics: Clinics) -> None:
    fresh = practices.add_practice(clinics.database, slug="fresh", name="Fresh Start Clinic", zone="America/Denver")
    with clinics.database.practice(fresh.practice_id) as transaction:
        member = staff.add_staff(transaction, clinics.vault, name="Ana", email="ana@fresh.example", role="admin")
    from visitsync.web.accounts.models import User
    from visitsync.web.accounts.people import let_work_at

    let_work_at(User.objects.get(id=clinics.people["admin"].user_id), fresh.practice_id, member.staff_id)
    admin = as_person("admin")
    for tab in ("", "/locations", "/providers"):
        assert "No EMR is connected yet" in text_of(admin.get(f"/p/fresh/types{tab}"))
    assert "Nothing was changed yet" in text_of(admin.get("/p/fresh/types/changes"))
    wish = {"act": "close", "first": "2026-12-24"}
    assert "No appointment would change" in text_of(admin.get("/p/fresh/types/preview", wish))
    closed = text_of(admin.post("/p/fresh/types/carry-out", wish, follow=True))
    assert "Closed on Dec 24, 2026" in closed


def test_of_several_emrs_each_has_its_own_lists(as_person: AsPerson, clinics: Clinics) -> None:
    practice_id = clinics.practice_id("larkspur")
    with clinics.database.practice(practice_id) as transaction:
        kareo = practices.add_connection(transaction, emr="kareo", base_url="https://kareo.example")
    admin = as_person("admin")
    page = admin.get(HOME)
    assert "Appointment types in DrChrono" in text_of(page)
    assert f"?connection={kareo}" in page.content.decode()
    other = text_of(admin.get(HOME, {"connection": str(kareo)}))
    assert "Appointment types in Kareo" in other
    assert "Nothing is listed yet" in other
    asked = text_of(admin.get(f"{HOME}/preview", {"act": "close", "first": "2026-12-24"}))
    assert "An EMR that is not signed in could not be tried." in asked
    alone = {"act": "window", "connection": str(kareo), "months": "2"}
    assert admin.get(f"{HOME}/preview", alone).status_code == 200
    assert admin.get(f"{HOME}/preview", {**alone, "months": "3"}).status_code == 422


def test_two_connections_to_one_emr_are_told_apart(as_person: AsPerson, clinics: Clinics) -> None:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        practices.add_connection(transaction, emr="drchrono", base_url="https://second.example")
    assert "DrChrono DrChrono (2)" in text_of(as_person("admin").get(HOME))


def test_every_emr_has_its_tabs(as_person: AsPerson, clinics: Clinics) -> None:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        added = {emr: practices.add_connection(transaction, emr=emr, base_url="") for emr in supported_emrs()}
    admin = as_person("admin")
    for emr, connection in added.items():
        for tab in TABS:
            answer = admin.get(HOME + tab, {"connection": str(connection)})
            assert answer.status_code == 200, (emr, tab)
        assert connector_for(emr).MANIFEST.name in text_of(admin.get(HOME, {"connection": str(connection)}))


def test_where_numbers_count_each_has_a_line_and_a_name_with_a_new_number_shows(
    as_person: AsPerson, clinics: Clinics
) -> None:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        athena = practices.add_connection(transaction, emr="athenahealth", base_url="https://athena.example")
        author = practice_settings.Author("Ana Admin", clinics.clock())
        listed = [CatalogEntry(id=number, name="Video Visit") for number in ("82", "511")]
        catalog.save(transaction, athena, RecordKind.APPOINTMENT_TYPE, listed, now=clinics.clock())
        practice_settings.approve(transaction, athena, author, kind=MarkKind.TYPE, value="82", is_id=True)
    page = text_of(as_person("admin").get(HOME, {"connection": str(athena)}))
    assert "Video Visit number 82 · by Ana Admin" in page
    assert "Video Visit number 511 Not connected New number" in page
    assert "It is the same Video Visit" in page


def _save(clinics: Clinics, kind: RecordKind, entries: list[CatalogEntry]) -> None:
    opened = clinics.opened["larkspur"]
    later = clinics.clock() + timedelta(minutes=1)
    with clinics.database.practice(opened.practice_id) as transaction:
        catalog.save(transaction, opened.connection_id, kind, entries, now=later)
