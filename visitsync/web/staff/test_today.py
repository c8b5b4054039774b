"""Today, as a person of the practice gets it."""

from collections.abc import Callable

from django.test import Client

from tests.stage.clinic import Clinics


def test_the_front_desk_sees_the_day(as_person: Callable[[str], Client], clinics: Clinics) -> None:
    answer = as_person("front").get("/p/larkspur/today")
    assert answer.status_code == 200, answer.content[:300]
    assert "Needs somebody" in answer.content.decode()
