"""Changing settings from the pages: first what it would do, then the change, what it did, and taking it back."""

import re
from collections.abc import Callable

from django.test import Client

from tests.stage.clinic import Clinics
from tests.stage.counting import counted_statements
from visitsync.storage import audit, practice_settings, practices
from visitsync.web.staff.catalog.asks import ASKS
from visitsync.web.staff.catalog.conftest import HOME, TABS, ask, change, text_of

AsPerson = Callable[[str], Client]


def test_a_preview_says_what_would_start_and_changes_nothing(as_person: AsPerson, clinics: Clinics) -> None:
    before = _settings(clinics)
    wish = ask(clinics, "approve", kind="type", value="Video Consult")
    page = text_of(as_person("admin").get(f"{HOME}/preview", wish))
    assert "Connect appointment profile “Video Consult”?" in page
    assert re.search(r"\d+ would start syncing", page)
    assert "Needs a fix" in page
    assert _settings(clinics) == before


def test_what_is_connected_takes_effect_at_once_and_is_taken_back(as_person: AsPerson, clinics: Clinics) -> None:
    admin, before = as_person("admin"), _outcomes(clinics)
    after = change(admin, clinics, "approve", kind="type", value="Video Consult")
    assert re.search(r"Connected “Video Consult” .*\d+ now ready", after)
    assert _outcomes(clinics) != before
    number = str(_latest_change(clinics))
    undone = change(admin, clinics, "undo", change=number, **{"from": "catalog"})
    assert "Took back: Connected “Video Consult”" in undone
    assert _outcomes(clinics) == before


def test_a_change_is_taken_back_only_once(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    change(admin, clinics, "disable", provider="301")
    wish = ask(clinics, "undo", change=str(_latest_change(clinics)))
    assert admin.post(f"{HOME}/carry-out", wish).status_code == 302
    again = admin.post(f"{HOME}/carry-out", wish, follow=True)
    assert "This change was taken back already." in text_of(again)


def test_a_disconnected_type_stops_its_visits(as_person: AsPerson, clinics: Clinics) -> None:
    wish = ask(clinics, "withdraw", kind="type", value="Telemedicine Visit")
    assert re.search(r"\d+ would stop", text_of(as_person("admin").get(f"{HOME}/preview", wish)))
    after = change(as_person("admin"), clinics, "withdraw", kind="type", value="Telemedicine Visit")
    assert "Disconnected “Telemedicine Visit”" in after
    assert "stopped" in after


def test_an_accepted_spelling_is_listed_with_who_and_when(as_person: AsPerson, clinics: Clinics) -> None:
    given = {"kind": "type", "spelling": "Telemedicne Visit", "approved": "Telemedicine Visit"}
    page = change(as_person("admin"), clinics, "accept", **given)
    assert "stands for “ Telemedicine Visit ” · accepted by Ana Admin , today" in page
    assert "differs by one letter" not in page


def test_a_spelling_may_hold_a_blank_at_its_end(as_person: AsPerson, clinics: Clinics) -> None:
    given = {"kind": "type", "spelling": "telemedicine visit ", "approved": "Telemedicine Visit"}
    change(as_person("admin"), clinics, "accept", **given)
    assert "telemedicine visit " in {one.value for one in _approvals(clinics)}


def test_a_provider_is_enabled_linked_and_unlinked(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    page = admin.get(f"{HOME}/provider", ask(clinics, "", provider="306"))
    assert "Suggested, because the names are the same." in text_of(page)
    chosen = re.search(r'value="([0-9a-f-]{36})" selected', page.content.decode())
    assert chosen is not None
    after = change(admin, clinics, "enable", provider="306", staff=chosen[1])
    assert "Enabled Ezra Bellweather" in after
    assert "Ezra Bellweather sees the visits" in after
    unlinked = change(admin, clinics, "link", provider="306", staff="")
    assert "Unlinked Ezra Bellweather" in unlinked
    assert "Linked to nobody" in unlinked
    assert "Disabled Ezra Bellweather" in change(admin, clinics, "disable", provider="306")


def test_nobody_of_elsewhere_is_linked(as_person: AsPerson, clinics: Clinics) -> None:
    elsewhere = str(clinics.people["other-admin"].staff_id)
    answer = as_person("admin").get(f"{HOME}/preview", ask(clinics, "enable", provider="306", staff=elsewhere))
    assert answer.status_code == 422
    assert "does not work here" in text_of(answer)


def test_a_location_is_chosen_and_gets_a_zone(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    asked = text_of(admin.get(f"{HOME}/preview", ask(clinics, "location", location="11", on="1")))
    assert "From now on only the connected ones are." in asked
    assert "Connected “New York Office”" in change(admin, clinics, "location", location="11", on="1")
    after = change(admin, clinics, "zone", location="11", zone="America/Denver")
    assert "Set the time zone of “New York Office” to America/Denver" in after
    assert "America/Denver, 7:30 AM there now" in after
    back = change(admin, clinics, "undo", change=str(_latest_change(clinics)), **{"from": "catalog-locations"})
    assert "America/New_York, 9:30 AM there now" in back


def test_settings_are_changed_shown_and_taken_back(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    for act, given, says in (
        ("demographics", {"demand": ["first name", "e-mail"]}, "required demographics: first name | e-mail"),
        ("window", {"months": "1"}, "sync months: 1"),
        ("agreement", {"agreement": "any"}, "agreement: any"),
        ("hours", {"mon": "8am-5 pm", "tue": "8:00-17:00"}, "opening hours: mon-tue 08:00-17:00"),
        ("excluded", {"excluded": "Overflow\r\nRoom 9"}, "excluded resources: Overflow | Room 9"),
        ("duration", {"step": "15"}, "duration step minutes: 15"),
        ("of-emr", {"name": "page_size", "value": "100"}, "page size: 100"),
    ):
        after = change(admin, clinics, act, **given)
        assert f"Changed a setting: {says}" in after, act
        change(admin, clinics, "undo", change=str(_latest_change(clinics)), **{"from": "catalog-settings"})
    assert _connection(clinics).settings.keys().isdisjoint({"required_demographics", "sync_months", "opening_hours"})


def test_a_status_gets_a_meaning_and_loses_it(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    assert "“ Phoned-OK ” Unknown 2 appointments have it" in text_of(admin.get(f"{HOME}/settings"))
    after = change(admin, clinics, "status", status="Phoned-OK", means="booked")
    assert "“Phoned-OK” means “Booked: the visit takes place”" in after
    page = text_of(admin.get(f"{HOME}/settings"))
    assert "Unknown 2 appointments" not in page
    assert "Forgot what “phoned-ok” means" in change(admin, clinics, "status", status="phoned-ok", means="")


def test_days_are_closed_and_opened(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    after = change(admin, clinics, "close", first="2026-12-24", last="2026-12-28")
    assert "Closed on 5 days from Dec 24, 2026 to Dec 28, 2026" in after
    assert "Open on Dec 25, 2026 after all" in change(admin, clinics, "open", day="2026-12-25")


def test_the_practice_gets_another_name_and_zone(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    after = change(admin, clinics, "practice", name="Larkspur East", zone="America/Chicago")
    assert "The practice is Larkspur East (America/Chicago)" in after
    change(admin, clinics, "undo", change=str(_latest_change(clinics)))
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        practice = practices.find_practice(transaction)
    assert (practice.name, practice.zone) == ("Larkspur Family Practice", "America/New_York")


def test_another_mark_is_connected_and_shown_by_its_kind(as_person: AsPerson, clinics: Clinics) -> None:
    page = change(as_person("admin"), clinics, "approve", kind="location", value="Virtual Care")
    assert "Virtual Care office · by Ana Admin" in page


def test_what_makes_no_sense_is_refused_in_words(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    for act, given, says in (
        ("nonsense", {}, "We do not know this wish."),
        ("approve", {"kind": "service", "value": "x"}, "DrChrono has no such mark."),
        ("approve", {"kind": "type", "value": "Unheard of"}, "DrChrono lists no"),
        ("approve", {"kind": "type", "value": "x" * 3_000}, "too long"),
        ("approve", {"kind": "type", "value": "a\0b"}, "too long, or holds"),
        ("withdraw", {"kind": "type", "value": "Office Visit"}, "is not approved"),
        ("accept", {"kind": "type", "spelling": "x", "approved": "y"}, "is not approved"),
        ("enable", {"provider": "nobody", "staff": ""}, "does not list this"),
        ("zone", {"location": "11", "zone": "Nowhere/Town"}, "not the name of a time zone"),
        ("window", {"months": "12"}, "cannot be chosen"),
        ("window", {"months": "3"}, "Nothing would be different"),
        ("hours", {"mon": "soon"}, "Monday: write hours like"),
        ("hours", {"sun": "17:00-8:00"}, "Sunday: it must open before it closes"),
        ("duration", {"step": "-1"}, "Enter a number of minutes"),
        ("of-emr", {"name": "agreement", "value": "any"}, "no such setting"),
        ("of-emr", {"name": "page_size", "value": "7"}, "page_size cannot be"),
        ("close", {"first": "2026-12-24", "last": "2026-12-20"}, "The last day comes after the first"),
        ("close", {"first": "soon"}, "Choose a day."),
        ("practice", {"name": " ", "zone": "America/Chicago"}, "Choose or enter a name"),
        ("status", {"status": "Odd", "means": ""}, "Choose what “Odd” means"),
        ("undo", {"change": "999999"}, "There is no change"),
        ("undo", {"change": "x"}, "There is no such change"),
    ):
        answer = admin.get(f"{HOME}/preview", ask(clinics, act, **given))
        assert answer.status_code == 422, (act, given)
        assert says in text_of(answer), (act, text_of(answer))
        assert says in text_of(admin.post(f"{HOME}/carry-out", ask(clinics, act, **given), follow=True))


def test_a_connection_of_another_practice_is_not_there(as_person: AsPerson, clinics: Clinics) -> None:
    foreign = str(clinics.opened["juniper"].connection_id)
    for act in ASKS:
        if act in ("close", "open", "practice", "undo"):
            continue
        wish = {"act": act, "connection": foreign, "kind": "reason", "value": "x"}
        assert as_person("admin").get(f"{HOME}/preview", wish).status_code == 422, act


def test_a_form_without_our_token_changes_nothing(clinics: Clinics, as_person: AsPerson) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    strict.cookies = as_person("admin").cookies
    before = _settings(clinics)
    wish = ask(clinics, "approve", kind="type", value="Video Consult")
    assert strict.post(f"{HOME}/carry-out", wish).status_code == 403
    assert strict.get(f"{HOME}/carry-out", wish).status_code == 405
    assert _settings(clinics) == before


def test_changes_and_previews_with_names_are_in_the_trail(as_person: AsPerson, clinics: Clinics) -> None:
    change(as_person("admin"), clinics, "disable", provider="301")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        found = audit.entries(transaction, clinics.vault, limit=10)
    acts = {one.entry.act: one.entry for one in found}
    assert {"view-preview", "change-setting"} <= set(acts)
    assert acts["change-setting"].object_id == str(_latest_change(clinics))
    assert acts["change-setting"].who.name == "Ana Admin"


def test_one_returns_to_where_one_was(as_person: AsPerson, clinics: Clinics) -> None:
    wish = ask(clinics, "disable", provider="301", back="q=osei&page=2&next=//evil.example&show=connected")
    answer = as_person("admin").post(f"{HOME}/carry-out", wish)
    number = _latest_change(clinics)
    assert answer.headers["Location"] == f"{HOME}/providers?q=osei&page=2&show=connected&done={number}"


def test_each_tab_and_preview_asks_little(as_person: AsPerson, clinics: Clinics) -> None:
    admin = as_person("admin")
    for tab in TABS:
        admin.get(HOME + tab)
    for tab in TABS:
        with counted_statements() as counted:
            admin.get(HOME + tab)
        assert len(counted) <= 20, (tab, len(counted))
    with counted_statements() as counted:
        admin.get(f"{HOME}/preview", ask(clinics, "disable", provider="301"))
    assert len(counted) <= 50, len(counted)


def _approvals(clinics: Clinics) -> list[practice_settings.Approval]:
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        return practice_settings.approvals(transaction, opened.connection_id)


def _connection(clinics: Clinics) -> practices.StoredConnection:
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        return practices.find_connection(transaction, opened.connection_id)


def _settings(clinics: Clinics) -> tuple[object, ...]:
    return (*_approvals(clinics), _connection(clinics).settings, _latest_change(clinics))


def _latest_change(clinics: Clinics) -> int:
    practice_id = clinics.practice_id("larkspur")
    with clinics.database.practice(practice_id) as transaction:
        row = transaction.execute(
            "select max(change_id) from setting_change where practice_id = %s", (practice_id,)
        ).fetchone()
    assert row is not None
    return int(row[0])


def _outcomes(clinics: Clinics) -> dict[str, str]:
    practice_id = clinics.practice_id("larkspur")
    with clinics.database.practice(practice_id) as transaction:
        rows = transaction.execute(
            "select appointment_id, outcome from appointment where practice_id = %s", (practice_id,)
        ).fetchall()
    return dict(rows)
