"""How people sign in stands in the trail of every practice where they work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.test import Client

from visitsync.storage import audit
from visitsync.storage.audit import Selection
from visitsync.web.accounts.conftest import LOGOUT, SECOND_STEP, give_password

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics


def _acts(clinics: Clinics, slug: str) -> list[tuple[str, str]]:
    with clinics.database.practice(clinics.practice_id(slug)) as transaction:
        found = [one.entry for one in audit.entries(transaction, clinics.vault, Selection())]
    return [(one.act, one.who.name) for one in reversed(found)]


def test_in_and_out_at_both_practices(sign_in: Callable[..., Client], clinics: Clinics) -> None:
    sign_in("operator").post(LOGOUT)
    for slug in ("larkspur", "juniper"):
        assert _acts(clinics, slug) == [("sign-in", "Olga Operator"), ("sign-out", "Olga Operator")]


def test_a_failed_second_step_and_at_no_other_practice(stranger: Client, clinics: Clinics) -> None:
    give_password(stranger, "frida@larkspur.example")
    stranger.post(SECOND_STEP, {"code": "000000"})
    assert _acts(clinics, "larkspur") == [("second-step-failed", "Frida Front")]
    assert _acts(clinics, "juniper") == []


def test_the_address_it_came_from_is_kept(sign_in: Callable[..., Client], clinics: Clinics) -> None:
    sign_in("front")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        [entry] = [one.entry for one in audit.entries(transaction, clinics.vault, Selection())]
    assert entry.address == "127.0.0.1"
