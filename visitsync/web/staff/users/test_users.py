"""Users: who works here, whose an address is, and every change of that; each stays within the practice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from tests.stage.people import PASSWORD
from visitsync.domain.visit import VisitState
from visitsync.storage import audit, staff
from visitsync.storage.audit import Selection
from visitsync.web.accounts.models import Invitation, Membership, User

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

PAGE = "/p/larkspur/users"
As = Callable[[str], Client]


@pytest.fixture
def admin(as_person: As) -> Client:
    """The admin of Larkspur, who showed just now who they are."""
    client = as_person("admin")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def _text(answer: Any) -> str:
    page = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def _of(clinics: Clinics, key: str) -> UUID:
    staff_id = clinics.people[key].staff_id
    assert staff_id is not None
    return staff_id


def _acts(clinics: Clinics, slug: str = "larkspur") -> list[str]:
    with clinics.database.practice(clinics.practice_id(slug)) as transaction:
        return [one.entry.act for one in audit.entries(transaction, clinics.vault, Selection())]


def _a_patients_address(clinics: Clinics) -> str:
    """Of a patient of Larkspur who has a visit to come."""
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        from visitsync.storage import patients

        rows = transaction.execute(
            "select connection_id, patient_id from visit where practice_id = %s and state = %s and start_at > %s "
            "and patient_id is not null",
            (clinics.practice_id("larkspur"), VisitState.ACTIVE, clinics.clock()),
        ).fetchall()
        found = patients.find_everywhere(transaction, clinics.vault, [(row[0], row[1]) for row in rows])
        return next(one.email for one in found.values() if one.email)


def test_everybody_who_works_here_is_listed_with_how_they_sign_in(as_person: As) -> None:
    text = _text(as_person("reader").get(PAGE))
    for words in ("Ana Admin", "ana@larkspur.example", "Admin", "Active", "Second step set up", "Priya Provider"):
        assert words in text
    assert "Bob Admin" not in text
    assert "Invite somebody" not in text, "only admins may"


@pytest.mark.parametrize("key", ["provider", "operator"])
def test_whoever_has_no_business_with_users_is_refused(key: str, as_person: As) -> None:
    assert as_person(key).get(PAGE).status_code == 403


WRITES = ("invite", "{staff}/invite", "{staff}/name", "{staff}/role", "{staff}/switch", "{staff}/second-step",
          "{staff}/link", "{staff}/unlink", "{staff}/emergency/end")  # fmt: skip


@pytest.mark.parametrize("key", ["front", "reader"])
def test_only_admins_change_anything(key: str, as_person: As, clinics: Clinics) -> None:
    client = as_person(key)
    for path in WRITES:
        address = f"{PAGE}/{path.format(staff=_of(clinics, 'front'))}"
        assert client.post(address, {"role": "admin", "to": "off"}).status_code == 403, path
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        assert staff.find_staff(transaction, _of(clinics, "front")).role == "front desk"


def test_somebody_of_another_practice_does_not_exist_here(admin: Client, clinics: Clinics) -> None:
    for path in (*(path for path in WRITES if "{staff}" in path), "{staff}"):
        address = f"{PAGE}/{path.format(staff=_of(clinics, 'other-admin'))}"
        assert admin.get(address).status_code in (404, 405), path
        assert admin.post(address, {"role": "provider", "to": "off", "name": "X"}).status_code in (404, 405), path
    with clinics.database.practice(clinics.practice_id("juniper")) as transaction:
        standing = staff.find_staff(transaction, _of(clinics, "other-admin"))
    assert (standing.name, standing.role, standing.is_active) == ("Bob Admin", "admin", True)


def _looked_up(client: Client, address: str) -> str:
    return _text(client.post(f"{PAGE}/address", {"address": address}))


def test_an_address_is_of_staff_of_a_patient_of_both_or_of_nobody(admin: Client, clinics: Clinics) -> None:
    patient = _a_patients_address(clinics)
    assert "Staff A patient with this address would get no visit." in _looked_up(admin, "  ANA@Larkspur.example ")
    assert "One patient The address is theirs alone" in _looked_up(admin, patient.upper())
    assert "Nobody No staff member has it" in _looked_up(admin, "nobody.at.all@larkspur.org")
    assert "not a full e-mail address" in _looked_up(admin, "ana at larkspur")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        staff.add_staff(transaction, clinics.vault, name="Twice", email=patient, role="front desk")
    assert "Staff and patient A staff member" in _looked_up(admin, patient)


def test_an_address_of_another_practice_is_nobodys_here(admin: Client) -> None:
    assert "Nobody No staff member has it" in _looked_up(admin, "bob@juniper.example")


def test_looking_an_address_up_is_in_the_trail_with_the_address_sealed(admin: Client, clinics: Clinics) -> None:
    _looked_up(admin, "someone@larkspur.org")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        [entry] = [one.entry for one in audit.entries(transaction, clinics.vault, Selection(act="search-address"))]
    assert entry.details == {"address": "someone@larkspur.org"}
    assert "someone" not in f"{entry.object_id}{entry.why}"


def test_hostile_text_is_shown_as_text(admin: Client) -> None:
    for typed in ("<script>alert(1)</script>@x.example", "\u202eevil@x.example", "a" * 5000, "\0"):
        answer = admin.post(f"{PAGE}/address", {"address": typed})
        assert answer.status_code == 200, typed[:20]
        assert b"<script>alert" not in answer.content


def _invited(client: Client, **given: str) -> Any:
    return client.post(
        f"{PAGE}/invite", {"name": "Nell New", "email": "nell@larkspur.org", "role": "front desk"} | given
    )


def _link_in(answer: Any) -> str:
    found = re.search(r'value="http://testserver(/account/invitation/[^"]+)"', answer.content.decode())
    assert found is not None, _text(answer)
    return found[1]


def test_an_invitation_makes_a_user_and_shows_its_link_once(admin: Client, clinics: Clinics) -> None:
    link = _link_in(_invited(admin))
    assert "Nell New nell@larkspur.org" in _text(admin.get(PAGE))
    assert "Invited" in _text(admin.get(PAGE))
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in admin.get(PAGE).content.decode()
    assert not any(token.encode() in bytes(one.token_hash) for one in Invitation.objects.all())
    assert "user-invited" in _acts(clinics)


def test_inviting_again_kills_the_link_before(admin: Client) -> None:
    first = _link_in(_invited(admin))
    staff_id = Invitation.objects.get().staff_id
    second = _link_in(admin.post(f"{PAGE}/{staff_id}/invite"))
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_an_address_that_is_here_already_or_no_address_is_refused_in_words(admin: Client) -> None:
    assert "is here already" in _text(_invited(admin, email="FRIDA@larkspur.example"))
    assert "not an address" in _text(_invited(admin, email="nell at larkspur"))
    assert Invitation.objects.count() == 0


def test_a_patients_address_is_asked_about_once_and_then_blocks_the_visit(admin: Client, clinics: Clinics) -> None:
    email = _a_patients_address(clinics)
    asked = _text(_invited(admin, email=email))
    assert "A patient has this address, too" in asked
    assert "would stop" in asked
    assert Invitation.objects.count() == 0
    _link_in(_invited(admin, email=email, confirmed="1"))
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        row = transaction.execute(
            "select count(*) from appointment where practice_id = %s and convert_from(findings, 'UTF8') like %s",
            (clinics.practice_id("larkspur"), '%"email-is-staff"%'),
        ).fetchone()
    assert row is not None
    assert row[0] >= 1


def test_extra_fields_in_the_form_change_nothing(admin: Client) -> None:
    _invited(admin, is_active="", tenant_id=str(uuid4()), staff_id=str(uuid4()), is_staff="1", practice="juniper")
    invitation = Invitation.objects.get()
    assert _text(admin.get(f"{PAGE}/{invitation.staff_id}")).count("Nell New") >= 1


def test_an_unknown_role_is_refused(admin: Client) -> None:
    assert _invited(admin, role="superuser").status_code == 200
    assert Invitation.objects.count() == 0


def test_a_role_is_given_at_once(admin: Client, as_person: As, clinics: Clinics) -> None:
    front = as_person("front")
    assert front.get(f"{PAGE}/invite").status_code == 403
    admin.post(f"{PAGE}/{_of(clinics, 'front')}/role", {"role": "admin"})
    assert front.get(f"{PAGE}/invite").status_code == 200
    assert "user-role" in _acts(clinics)


def test_a_role_is_given_only_by_whoever_just_showed_who_they_are(as_person: As, clinics: Clinics) -> None:
    answer = as_person("admin").post(f"{PAGE}/{_of(clinics, 'front')}/role", {"role": "admin"})
    assert answer.headers["Location"].startswith("/account/reauthenticate/?next=%2Fp%2Flarkspur%2Fusers%2F")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        assert staff.find_staff(transaction, _of(clinics, "front")).role == "front desk"


@pytest.mark.parametrize(("path", "given"), [("role", {"role": "provider"}), ("switch", {"to": "off"})])
def test_the_last_admin_stays(path: str, given: dict[str, str], admin: Client, clinics: Clinics) -> None:
    _invited(admin, role="admin")  # has not come yet, so does not count
    answer = admin.post(f"{PAGE}/{_of(clinics, 'admin')}/{path}", given, follow=True)
    assert "only admin" in _text(answer)
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        standing = staff.find_staff(transaction, _of(clinics, "admin"))
    assert (standing.role, standing.is_active) == ("admin", True)


def test_somebody_deactivated_is_out_at_once_and_stays_out(admin: Client, as_person: As, clinics: Clinics) -> None:
    front = as_person("front")
    address = f"{PAGE}/{_of(clinics, 'front')}/switch"
    assert front.get(PAGE).status_code == 200
    assert "signed out at once" in _text(admin.get(address))
    admin.post(address, {"to": "off"})
    assert front.get(PAGE).headers["Location"].startswith("/account/login/")
    again = as_person("front")
    assert again.get(PAGE).status_code == 404
    admin.post(address, {"to": "on"})
    assert front.get(PAGE).status_code == 302, "the old session does not come to life again"
    assert as_person("front").get(PAGE).status_code == 200
    assert {"user-deactivated", "user-activated"} <= set(_acts(clinics))


def test_deactivating_twice_does_not_activate(admin: Client, clinics: Clinics) -> None:
    for _ in range(2):
        admin.post(f"{PAGE}/{_of(clinics, 'front')}/switch", {"to": "off"})
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        assert not staff.find_staff(transaction, _of(clinics, "front")).is_active


def test_a_deactivated_persons_invitation_is_dead(admin: Client) -> None:
    link = _link_in(_invited(admin))
    admin.post(f"{PAGE}/{Invitation.objects.get().staff_id}/switch", {"to": "off"})
    assert Client().get(link).status_code == 410


def test_a_lost_phone_is_forgotten_only_by_the_one_practice_where_they_work(admin: Client, clinics: Clinics) -> None:
    from allauth.mfa.models import Authenticator

    def factors(key: str) -> int:
        count: int = Authenticator.objects.filter(user_id=clinics.people[key].user_id).count()
        return count

    admin.post(f"{PAGE}/{_of(clinics, 'front')}/second-step")
    admin.post(f"{PAGE}/{_of(clinics, 'operator')}/second-step")
    assert factors("front") == 0
    assert factors("operator") == 2
    assert "second-step-forgotten" in _acts(clinics)


def test_a_provider_is_linked_with_a_look_at_what_follows(admin: Client, clinics: Clinics) -> None:
    larkspur, staff_id = clinics.practice_id("larkspur"), _of(clinics, "provider")
    page = admin.get(f"{PAGE}/{staff_id}").content.decode()
    [*choices] = re.findall(r'<option value="([^"]+)">([^<]*not enabled yet[^<]*)<', page) or re.findall(
        r'<option value="([^"]+)">([^<]*)<', page
    )
    value = choices[0][0]
    asked = _text(admin.get(f"{PAGE}/{staff_id}/link", {"practitioner": value}))
    assert "Is Priya Provider the provider" in asked
    assert admin.post(f"{PAGE}/{staff_id}/link", {"practitioner": value}).status_code == 302
    with clinics.database.practice(larkspur) as transaction:
        row = transaction.execute(
            "select count(*) filter (where staff_id is distinct from %s) from visit "
            "where practice_id = %s and practitioner_id = %s and state = 'active' and start_at > %s",
            (staff_id, larkspur, value.partition(":")[2], clinics.clock()),
        ).fetchone()
    assert row == (0,)
    admin.post(f"{PAGE}/{staff_id}/unlink", {"practitioner": value})
    assert "Nobody’s" in _text(admin.get(f"{PAGE}/{staff_id}"))
    assert {"practitioner-linked", "practitioner-unlinked"} <= set(_acts(clinics))


def test_a_practitioner_of_another_practice_cannot_be_linked(admin: Client, clinics: Clinics) -> None:
    juniper = clinics.opened["juniper"].connection_id
    wanted = {"practitioner": f"{juniper}:1"}
    assert admin.post(f"{PAGE}/{_of(clinics, 'provider')}/link", wanted).status_code == 404


def test_an_emergency_role_ends_by_itself(as_person: As, admin: Client, clinics: Clinics) -> None:
    from datetime import timedelta

    larkspur, provider = clinics.practice_id("larkspur"), as_person("provider")
    assert provider.get(PAGE).status_code == 403
    with clinics.database.practice(larkspur) as transaction:
        until = clinics.clock() + timedelta(minutes=20)
        staff.give_emergency_role(transaction, _of(clinics, "provider"), "front desk", until=until)
    assert provider.get(PAGE).status_code == 200
    assert "Emergency access: front desk" in _text(admin.get(f"{PAGE}/{_of(clinics, 'provider')}"))
    clinics.clock.advance(timedelta(minutes=21))
    assert provider.get(PAGE).status_code == 403


def test_an_emergency_role_is_ended_by_an_admin(as_person: As, admin: Client, clinics: Clinics) -> None:
    from datetime import timedelta

    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        until = clinics.clock() + timedelta(hours=1)
        staff.give_emergency_role(transaction, _of(clinics, "provider"), "front desk", until=until)
    admin.post(f"{PAGE}/{_of(clinics, 'provider')}/emergency/end")
    assert as_person("provider").get(PAGE).status_code == 403


def test_the_list_asks_the_database_a_bounded_number_of_times(as_person: As, clinics: Clinics) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_person("admin")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        for number in range(40):
            member = staff.add_staff(
                transaction, clinics.vault, name=f"P {number}", email=f"p{number}@larkspur.org", role="front desk"
            )
            user = User.objects.create(email=member.email, name=member.name, password="!")
            Membership.objects.create(user=user, tenant_id=transaction.practice_id, staff_id=member.staff_id)
    with CaptureQueriesContext(connection) as many:
        assert "P 39" in _text(client.get(PAGE))
    assert len(many) == len(few) <= 10
