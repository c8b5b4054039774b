"""Somebody who may sign in to the pages of all the demo's clinics, told to whoever watches."""

import secrets
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from visitsync.domain.role import Role
from visitsync.storage.staff import add_staff
from visitsync.wiring.house import House
from visitsync.wiring.site_of_house import accounts_of, public_url

NAME = "Dana Demo"
EMAIL = "dana@demo.example"
CODES_SHOWN = 4


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """How to sign in while the demo runs."""

    address: str
    email: str
    password: str
    codes: tuple[str, ...]
    """In place of an authenticator app; each is good once."""


def add_login(house: House, practice_ids: Sequence[UUID]) -> Login:
    """An admin of all these practices, with a password and codes that nobody had before and nobody has afterwards."""
    password = "-".join(secrets.choice(_WORDS) for _ in range(5))
    with accounts_of(house) as people:
        person = people.add_person(email=EMAIL, name=NAME, password=password, is_demo=True)
        for practice_id in practice_ids:
            with house.database.practice(practice_id) as transaction:
                member = add_staff(transaction, house.vault, name=NAME, email=EMAIL, role=Role.ADMIN)
            people.let_work_at(person, practice_id, member.staff_id)
        codes = people.give_second_factor(person)
    return Login(address=public_url(house.settings), email=EMAIL, password=password, codes=tuple(codes[:CODES_SHOWN]))


def told(login: Login) -> Mapping[str, str]:
    """What is shown of it, line by line."""
    return {
        "open": login.address,
        "e-mail": login.email,
        "password": login.password,
        "code": "  ".join(login.codes) + "   (any of them, each once)",
    }


_WORDS = (
    *("amber", "birch", "canoe", "delta", "ember", "fjord", "grove", "heron", "inlet", "jasper", "kelp", "larch"),
    *("maple", "north", "otter", "pearl", "quartz", "river", "slate", "tern", "umber", "violet", "willow", "yarrow"),
    *("acorn", "basil", "cedar", "dune", "elder", "fern", "garnet", "hazel", "ivory", "juniper", "lotus", "meadow"),
)
