"""A clinic in which every text that anybody can type is an attack, booked in its pretend EMR like any other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from tests.stage.clinic import NOW, Clinics
from tests.stage.people import PASSWORD, Person, SignIn
from visitsync.domain.role import Role
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Coverage
from visitsync.simulator_kit.staging import TELEMEDICINE, the_type
from visitsync.storage import staff
from visitsync.sync.admin.connecting import read_lists
from visitsync.wiring.demo.admin import Opened, open_practice
from visitsync.wiring.demo.stage import CASTS, Set, set_up
from visitsync.wiring.house import House
from visitsync.wiring.settings import Settings

SLUG = "thistle"
LOOKED_AT = (
    "today", "today?span=week", "today/print", "attention", "connections", "types", "types/locations",
    "types/providers", "types/settings", "types/changes", "users", "activity", "help", "help-requests", "notices",
    "find?q=telemedicine", "find?q=%3Cscript%3E", "find?q=long%20name",
)  # fmt: skip
"""Pages of a practice, one look at each."""
ELSEWHERE = "http://attacker.invalid"
MARK = "pwnd"
"""In every attack that does something: an element of this name, or a request for it, is a defeat."""

ATTACKS = {
    "script": f"<script>alert('{MARK}')</script>",
    "script that ends ours": f"</script><script src={ELSEWHERE}/{MARK}.js></script>",
    "picture": f'"><img src={ELSEWHERE}/{MARK}.png onerror=alert(1)>',
    "svg": f"<svg onload=alert('{MARK}')><a href=javascript:alert(1)><text>x</text></a></svg>",
    "attribute in single quotes": f"' autofocus onfocus=alert('{MARK}') x='",
    "frame": f"<iframe srcdoc='<script>alert(1)</script>' src={ELSEWHERE}/{MARK}></iframe>",
    "style": f"</style><style>body{{background:url({ELSEWHERE}/{MARK})}}</style>",
    "link": f"javascript:alert('{MARK}')",
    "htmx": f'<b hx-get="{ELSEWHERE}/{MARK}" hx-trigger="load">x</b>',
    "template": "{{ 7777*7777 }}{% load static %}{% now 'Y' %}",
    "other templates": "${7777*7777}#{7777*7777}<%= 7777*7777 %>",
    "format": "{0.__class__.__mro__} %s %(name)s %n",
    "header": "Eve\r\nBcc: everybody@attacker.invalid\r\n\r\nhello",
    "formula": '=HYPERLINK("http://attacker.invalid","x")',
    "formula, full width": "＝1+1",
    "right to left": "\u202egnihtemos \u2066live\u2069",
    "homoglyphs": "Теlеmеdiсinе",
    "combining marks": "Z" + "\u0300\u0489\u0361" * 300,
    "joiners": "A\u200d\u200b\u2060\ufeff" * 200,
    "without a space": "W" * 1_000,
    "with spaces": "long name " * 100,
    "database": "Robert'); drop table visit; -- % _ \\",
    "NUL and non-characters": "Nu\x00ll \ufffe \U0010ffff",
    "ansi": "\x1b[31mred\x1b[0m\x07",
    "emoji": "👩🏽‍⚕️🏳️‍🌈" * 20,
}


class Thistle(msgspec.Struct, frozen=True):
    """The practice, its people by role, and where its hostile appointments are found."""

    clinics: Clinics
    answers: tuple[str, ...]
    """Addresses."""


@contextmanager
def a_hostile_practice(clinics: Clinics) -> Iterator[Thistle]:
    """Opens it beside the others and reads it as everything is read; its EMR answers until the end."""
    cast = msgspec.structs.replace(
        CASTS[0], slug=SLUG, name=f"Thistle {ATTACKS['script']}", zones=("America/New_York",)
    )
    stage = set_up(cast, NOW, seed=5)
    with stage.server:
        house = House(
            settings=Settings(home=Path(tempfile.gettempdir()), allows_loopback=True),
            database=clinics.database,
            vault=clinics.vault,
            clock=clinics.clock,
        )
        opened = open_practice(house, stage, 0)
        booked = [_book(stage.clinic, number, text) for number, text in enumerate(ATTACKS.values())]
        ours = msgspec.structs.replace(
            clinics,
            sets={**clinics.sets, SLUG: stage},
            opened={**clinics.opened, SLUG: opened},
            people={key: _hire(clinics, opened.practice_id, key, role) for key, role in ROLES.items()},
        )
        _read(ours, stage, opened)
        before = f"/p/{SLUG}/appointments/{opened.connection_id}"
        yield Thistle(ours, tuple(f"{before}/{stage.app.vendor_id(one)}" for one in booked))


ROLES = {"admin": Role.ADMIN, "provider": Role.PROVIDER}


def _book(clinic: Clinic, number: int, text: str) -> int:
    """Today; with each attack everything about the visit is that attack, but what has to fit to make it a visit."""
    usual = next(one for one in clinic.practitioners if one.is_provider)
    is_video, is_elsewhere, is_with_another = number % 3 != 0, number % 4 == 1, number % 2 == 1
    mail = f"patient.{number}@example.net" if number % 5 else text
    chart = clinic.add_patient(
        first_name=text, last_name=text, middle_name=text, nick_name=text, email=mail, mobile_phone="(555) 555-0177",
        birth_date=NOW.date().replace(year=1980), sex="X", address=text, city=text, state="PA", postal_code="19001",
        coverage=Coverage(company=text, payer_id="HMH01", member_id=text, plan_name=text),
        guardian_name=text, guardian_email=text,
    )  # fmt: skip
    other = (
        clinic.add_practitioner(text, text, location_ids=usual.location_ids, specialty=text)
        if is_with_another
        else usual
    )
    place = clinic.add_location(text, address=text, city=text).id if is_elsewhere else usual.location_ids[0]
    kind = the_type(clinic, TELEMEDICINE) if is_video else clinic.add_type(f"Telemedicine Visit {text}")
    day = clinic.wall_time(NOW).date()
    start = datetime.combine(day, time(10)) + timedelta(minutes=15 * number)
    return clinic.book(
        patient_id=chart.id, practitioner_id=other.id, location_id=place, type_id=kind.id, start=start, minutes=15,
        reason=text, note=text, has_video_room=True,
    ).id  # fmt: skip


def _read(clinics: Clinics, stage: Set, opened: Opened) -> None:
    read_lists(clinics.engine, opened.practice_id, opened.connection_id)
    for _ in range(3):
        clinics.sync(SLUG)
        for clock in (clinics.clock, stage.clock):
            clock.advance(timedelta(minutes=16))


def _hire(clinics: Clinics, practice_id: UUID, key: str, role: Role) -> SignIn:
    """Also those who work there have names that attack."""
    from visitsync.web.accounts.people import add_person, give_second_factor, let_work_at

    name, email = ATTACKS["script that ends ours"], f"{key}@thistle.example"
    user = add_person(email=email, name=name, password=PASSWORD)
    with clinics.database.practice(practice_id) as transaction:
        member = staff.add_staff(transaction, clinics.vault, name=name, email=email, role=role)
    let_work_at(user, practice_id, member.staff_id)
    person = Person(key=key, name=name, email=email, role=role, practice=SLUG)
    return SignIn(person=person, user_id=user.id, codes=tuple(give_second_factor(user)), staff_id=member.staff_id)
