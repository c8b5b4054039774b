"""What needs attention, as people of the practice get it, and what they do about it."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from django.test import Client

from tests.stage.clinic import Clinics
from tests.stage.counting import counted_statements
from tests.stage.reading import words_of
from visitsync.connector_kit.pages import RecordKind
from visitsync.storage import audit, catalog, practice_settings
from visitsync.sync.needs import Group, NeedsAttention
from visitsync.sync.needs_attention import needs_attention
from visitsync.sync.office import office_of

ATTENTION = "/p/larkspur/attention"
MOST_QUERIES = 26
AsPerson = Callable[[str], Client]


def test_everything_is_grouped_by_what_to_do_the_soonest_first(as_person: AsPerson, clinics: Clinics) -> None:
    words = words_of(as_person("front").get(ATTENTION))
    assert f"{_needs(clinics).count} appointments wait for a person" in words
    near = words.split("Today and tomorrow", 1)[1].split("Within a week")[0]
    assert "4 patients have no e-mail 6 appointments · First today 10:30 AM · The front desk, in the EMR" in near
    assert "“Telemedicne Visit” instead of “Telemedicine Visit”" in near
    assert "Ezra Bellweather First today 12:00 PM · A practice admin" in near
    assert "1 patient is marked as deceased" in near
    assert words.index("have no e-mail") < words.index("who is not enabled") < words.index("may be cancelled")


def test_each_group_has_its_appointments_with_links_to_their_answers(as_person: AsPerson, clinics: Clinics) -> None:
    page = as_person("front").get(ATTENTION).content.decode()
    group = _group(clinics, "email-missing")
    for line in group.lines:
        assert f"/p/larkspur/appointments/{line.connection_id}/{line.appointment_id}" in page


def test_a_practice_that_needs_nobody_is_told_so(as_person: AsPerson, clinics: Clinics) -> None:
    with clinics.database.practice(clinics.practice_id("juniper")) as transaction:
        transaction.execute(
            "update appointment set outcome = 'ready' where practice_id = %s and outcome <> 'not_telemedicine'",
            [transaction.practice_id],
        )
    assert "Nothing needs anybody" in words_of(as_person("other-admin").get("/p/juniper/attention"))


def test_accepting_a_spelling_is_shown_first_then_made_and_can_be_taken_back(
    as_person: AsPerson, clinics: Clinics
) -> None:
    client, group = as_person("admin"), _group(clinics, "type-misspelt")
    address = f"{ATTENTION}/accept?group={group.key}"
    words = words_of(client.get(address))
    assert "Accept “Telemedicne Visit”?" in words
    assert "would start syncing" in words
    assert "Gideon Marsh" in words
    assert _group(clinics, "type-misspelt").key == group.key, "looking changes nothing"
    assert "now ready" in words_of(client.post(address, follow=True))
    assert group.key not in {one.key for one in _needs(clinics).groups}
    number = re.search(r'name="change" value="(\d+)"', client.get(ATTENTION).content.decode())
    assert number is not None
    assert "Taken back" in words_of(client.post(f"{ATTENTION}/undo", {"change": number[1]}, follow=True))
    assert group.key in {one.key for one in _needs(clinics).groups}
    assert _acts(clinics)[:3] == ["view-attention", "undo", "view-attention"]
    assert "accept-spelling" in _acts(clinics)


def test_enabling_a_provider_links_their_visits_to_the_login_that_has_the_name(
    as_person: AsPerson, clinics: Clinics
) -> None:
    client, group = as_person("admin"), _group(clinics, "provider-not-enabled")
    assert group.provider is not None
    address = f"{ATTENTION}/enable?group={group.key}"
    page = client.get(address)
    chosen = re.search(r'<option value="([^"]+)" selected>Ezra Bellweather', page.content.decode())
    assert chosen is not None
    assert "Odette Marchand" in words_of(page)
    client.post(address, {"staff": chosen[1]})
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        entries = catalog.entries(transaction, group.provider.connection_id, RecordKind.PRACTITIONER)
    entry = entries[group.provider.practitioner_id]
    assert (entry.is_connected, entry.staff_id) == (True, chosen[1])


def test_enabling_without_a_login_says_that_somebody_can_be_added_later(as_person: AsPerson, clinics: Clinics) -> None:
    client, group = as_person("admin"), _group(clinics, "provider-not-enabled")
    assert group.provider is not None
    client.post(f"{ATTENTION}/enable?group={group.key}", {"staff": str(UUID(int=7))})
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        entries = catalog.entries(transaction, group.provider.connection_id, RecordKind.PRACTITIONER)
    entry = entries[group.provider.practitioner_id]
    assert (entry.is_connected, entry.staff_id) == (True, None), "a stranger's id links nobody"


def test_a_family_is_shown_with_names_and_address_linked_and_unlinked_again(
    as_person: AsPerson, clinics: Clinics
) -> None:
    client = as_person("front")
    page = client.get(ATTENTION).content.decode()
    assert "wexford.family@example.net" in page
    address = unescape(_links(page, "household")[0])
    words = words_of(client.get(address))
    assert "Are they one family?" in words
    assert "Fleur Wexford born" in words
    assert "2 would start syncing" in words
    members = re.findall(r'name="member" value="([^"]+)"', client.get(address).content.decode())
    assert "2 now ready" in words_of(client.post(address, {"member": members}, follow=True))
    assert len(_households(clinics)) == 2
    number = re.search(r'name="change" value="(\d+)"', client.get(ATTENTION).content.decode())
    assert number is not None
    client.post(f"{ATTENTION}/undo", {"change": number[1]})
    assert not _households(clinics)


def test_one_alone_is_no_family_and_strangers_cannot_be_smuggled_in(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    address = unescape(_links(client.get(ATTENTION).content.decode(), "household")[0])
    members = re.findall(r'name="member" value="([^"]+)"', client.get(address).content.decode())
    words = words_of(client.post(address, {"member": [members[0], "40001", "40002"]}, follow=True))
    assert "Choose at least two who belong together" in words
    assert not _households(clinics)


def test_who_is_on_it_is_told_to_everybody_until_it_is_mended(as_person: AsPerson, clinics: Clinics) -> None:
    group = _group(clinics, "type-misspelt")
    as_person("front").post(f"{ATTENTION}/mine", {"subject": group.key, "note": "<b>calling</b> them"})
    page = as_person("admin").get(ATTENTION)
    assert "Frida Front is on it" in words_of(page)
    assert "&lt;b&gt;calling&lt;/b&gt; them" in page.content.decode()
    as_person("admin").post(f"{ATTENTION}/accept?group={group.key}")
    words = words_of(as_person("front").get(ATTENTION))
    assert "is on it" not in words
    assert "Dealt with: 8 appointments have the same misspelt type – no longer needed" in words


def test_what_one_person_did_in_one_go_is_one_line(as_person: AsPerson) -> None:
    words = words_of(as_person("front").get(ATTENTION)).split("Lately", 1)[1]
    assert "Connected or accepted 2 types, enabled 5 providers" in words
    assert words.count("demo admin") == 1
    assert words.index("5 providers") < words.index("“Imara Osei”")


def test_it_can_be_taken_over_and_put_down_and_that_stays_in_the_history(as_person: AsPerson, clinics: Clinics) -> None:
    key = _group(clinics, "email-missing").key
    as_person("front").post(f"{ATTENTION}/mine", {"subject": key})
    as_person("admin").post(f"{ATTENTION}/mine", {"subject": key})
    assert "Ana Admin is on it" in words_of(as_person("front").get(ATTENTION))
    words = words_of(as_person("admin").post(f"{ATTENTION}/put-down", {"subject": key}, follow=True))
    assert "is on it" not in words
    assert "Frida Front today 9:30 AM Dealt with: 4 patients have no e-mail – put down by Ana Admin" in words


def test_one_appointment_of_a_group_can_be_taken_by_itself(as_person: AsPerson, clinics: Clinics) -> None:
    connection_id, appointment_id = _group(clinics, "email-missing").appointments[0]
    client = as_person("front")
    words = words_of(client.post(f"{ATTENTION}/mine", {"subject": f"{connection_id}/{appointment_id}"}, follow=True))
    assert "You are on it. Everybody here sees that: Appointment of Nov 24, 10:30 AM." in words


@pytest.mark.parametrize("subject", ["", "no-such-group", "00000000-0000-0000-0000-000000000000/1", "\0"])
def test_what_needs_nobody_cannot_be_taken(as_person: AsPerson, subject: str) -> None:
    words = words_of(as_person("front").post(f"{ATTENTION}/mine", {"subject": subject}, follow=True))
    assert "That does not need anybody any more" in words


def test_a_group_is_checked_again_as_far_as_the_allowance_goes(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    few, many = _group(clinics, "email-missing"), _group(clinics, "provider-not-enabled")
    assert "6 are read again now" in words_of(client.post(f"{ATTENTION}/check", {"group": few.key}, follow=True))
    assert f"The nearest 6 of {many.count} are read again now" in words_of(
        client.post(f"{ATTENTION}/check", {"group": many.key}, follow=True)
    )
    assert "They were checked a moment ago" in words_of(
        client.post(f"{ATTENTION}/check", {"group": few.key}, follow=True)
    )


def test_whoever_only_reads_sees_it_and_can_do_nothing(as_person: AsPerson, clinics: Clinics) -> None:
    client, key = as_person("reader"), _group(clinics, "type-misspelt").key
    page = client.get(ATTENTION)
    assert page.status_code == 200
    assert "I am on it" not in words_of(page)
    assert "Accept this spelling" not in words_of(page)
    for path in ("mine", "put-down", "check", "undo", f"accept?group={key}", "enable", "household"):
        assert client.post(f"{ATTENTION}/{path}").status_code == 403, path


def test_the_front_desk_changes_no_settings_and_takes_back_none(as_person: AsPerson, clinics: Clinics) -> None:
    client, key = as_person("front"), _group(clinics, "type-misspelt").key
    assert client.post(f"{ATTENTION}/accept?group={key}").status_code == 403
    as_person("admin").post(f"{ATTENTION}/accept?group={key}")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        [number] = transaction.execute(
            "select max(change_id) from setting_change where practice_id = %s", [transaction.practice_id]
        ).fetchone() or [0]
    words = words_of(client.post(f"{ATTENTION}/undo", {"change": number}, follow=True))
    assert "This cannot be taken back here" in words


@pytest.mark.parametrize("change", ["", "0", "abc", "9" * 30, "²"])
def test_taking_back_what_is_not_there_is_told_kindly(as_person: AsPerson, change: str) -> None:
    answer = as_person("admin").post(f"{ATTENTION}/undo", {"change": change}, follow=True)
    assert answer.status_code == 200
    assert "There is no change" in words_of(answer)


def test_the_number_of_queries_does_not_grow_with_the_list(as_person: AsPerson) -> None:
    client = as_person("admin")
    client.get(ATTENTION)
    with counted_statements() as asked:
        assert client.get(ATTENTION).status_code == 200
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


def _needs(clinics: Clinics) -> NeedsAttention:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        return needs_attention(transaction, clinics.vault, office_of(transaction, clinics.vault, clinics.clock()))


def _group(clinics: Clinics, code: str) -> Group:
    return next(one for one in _needs(clinics).groups if one.code == code)


def _households(clinics: Clinics) -> dict[str, str]:
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        return practice_settings.households(transaction, opened.connection_id)


def _acts(clinics: Clinics) -> list[str]:
    """Newest first."""
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        return [one.entry.act for one in audit.entries(transaction, clinics.vault)]


def _links(page: str, what: str) -> list[str]:
    return re.findall(rf'href="({ATTENTION}/{what}[^"]*)"', page)
