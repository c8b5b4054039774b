"""visitsync staff: the first admin gets in, people are switched off and on, and emergencies end by themselves."""

import pytest

from visitsync.storage import audit, practices, staff
from visitsync.storage.audit import Selection
from visitsync.storage.audit_entry import Entry
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.serve import refuse_demo_accounts
from visitsync.wiring.conftest import Visitsync
from visitsync.wiring.house import House, SetUpMissing
from visitsync.wiring.site_of_house import accounts_of, is_secure

IMARA = "imara.osei@example.org"


@pytest.fixture
def imara(visitsync: Visitsync) -> staff.StaffMember:
    """An admin of Lakeside who has never signed in."""
    visitsync("practice", "add", "lakeside", "--name", "Lakeside", "--zone", "America/New_York")
    assert visitsync("staff", "add", "Imara Osei", "--email", IMARA, "--role", "admin").code == Exit.FINE
    [member] = visitsync("staff", "list", "--json").json
    return staff.StaffMember(staff_id=member["staff_id"], name=member["name"], email=member["email"], role="admin")


def _standing(house: House, member: staff.StaffMember) -> staff.Standing:
    [tenant] = practices.tenants(house.database)
    with house.database.practice(tenant.practice_id) as transaction:
        return staff.find_staff(transaction, member.staff_id)


def _acts(house: House) -> list[Entry]:
    [tenant] = practices.tenants(house.database)
    with house.database.practice(tenant.practice_id) as transaction:
        return [one.entry for one in audit.entries(transaction, house.vault, Selection())]


def test_the_first_admin_gets_in_by_a_link(visitsync: Visitsync, imara: staff.StaffMember, house: House) -> None:
    printed = visitsync("staff", "invite", IMARA)
    link = printed.out.strip().splitlines()[-1]
    assert printed.code == Exit.FINE
    assert link.startswith("http://127.0.0.1:8000/account/invitation/")
    with accounts_of(house):
        from visitsync.web.accounts.invitations import invited_by

        invited = invited_by(link.rstrip("/").rpartition("/")[2])
    assert invited is not None
    assert (invited.practice_name, invited.email) == ("Lakeside", IMARA)
    assert "user-invited" in [one.act for one in _acts(house)]


def test_somebody_is_switched_off_and_on(visitsync: Visitsync, imara: staff.StaffMember, house: House) -> None:
    assert visitsync("staff", "deactivate", IMARA).code == Exit.FINE
    assert not _standing(house, imara).is_active
    assert visitsync("staff", "invite", IMARA).code == Exit.NOT_FOUND
    visitsync("staff", "activate", IMARA)
    assert _standing(house, imara).is_active


def test_a_role_is_given(visitsync: Visitsync, imara: staff.StaffMember, house: House) -> None:
    visitsync("staff", "role", IMARA, "front desk")
    assert _standing(house, imara).role == "front desk"


def test_an_emergency_needs_a_reason_is_in_the_trail_and_ends(
    visitsync: Visitsync, imara: staff.StaffMember, house: House
) -> None:
    assert visitsync("staff", "emergency", IMARA, "--role", "operator").code == Exit.USAGE
    assert visitsync("staff", "emergency", IMARA, "--role", "operator", "--reason", " ").code == Exit.USAGE
    given = visitsync("staff", "emergency", IMARA, "--role", "operator", "--reason", "nobody else is here")
    assert "no other admin" in given.words
    standing = _standing(house, imara)
    assert standing.emergency_until is not None
    assert standing.role_at(house.clock()) == "operator"
    assert standing.role_at(standing.emergency_until) == "admin"
    [entry] = [one for one in _acts(house) if one.act == "emergency-access"]
    assert entry.details["reason"] == "nobody else is here"


def test_accounts_of_a_demonstration_are_never_served_to_others(
    visitsync: Visitsync, imara: staff.StaffMember, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    with accounts_of(house) as people:
        people.add_person(email=IMARA, name="Imara Osei", password="printed for all to see", is_demo=True)
    refuse_demo_accounts(house)
    public = msgspec.structs.replace(house.settings, public_url="https://visits.example.org")
    assert is_secure(public)
    with pytest.raises(SetUpMissing, match="demonstration"):
        refuse_demo_accounts(msgspec.structs.replace(house, settings=public))
