"""The log: one line per event, ids and codes, no people, no secrets."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from visitsync.wiring.log import set_up_log

CANARIES = ("wilhelmina.canary@example.org", "(555) 555-0134", "hush-hush", "1987-03-09", "Wilhelmina", "4 Canary Row")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def _lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_an_event_is_one_line_of_json_that_begins_with_its_time(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_log("work")
    structlog.get_logger().info("synced", connection="c1", changed=3, code=None)
    [line] = _lines(capfd)
    assert list(line) == ["at", "level", "process", "event", "connection", "changed"]
    assert (line["event"], line["process"], line["changed"]) == ("synced", "work", 3)


def test_what_is_logged_under_an_unknown_name_is_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_log("work")
    structlog.get_logger().info("read", patient_name="Wilhelmina", email=CANARIES[0], address="4 Canary Row")
    told = capfd.readouterr().err
    assert not any(canary in told for canary in CANARIES)


def test_addresses_phones_and_passwords_in_known_fields_are_masked(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_log("work")
    structlog.get_logger().warning(
        "call (555) 555-0134", trouble=f"no {CANARIES[0]}", url="postgresql://app:hush-hush@db/x"
    )
    told = capfd.readouterr().err
    assert not any(canary in told for canary in CANARIES)


def test_an_exception_is_named_with_its_place_and_without_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_log("work")
    try:
        _fail()
    except ValueError:
        logging.getLogger("some.library").exception("it failed")
    [line] = _lines(capfd)
    assert line["error"] == "ValueError"
    assert str(line["where"]).endswith(" _fail")
    assert "Wilhelmina" not in json.dumps(line)


def _fail() -> None:
    raise ValueError("Wilhelmina was born 1987-03-09")


def test_line_breaks_and_escapes_in_a_value_stay_inside_their_line(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_log("work")
    structlog.get_logger().info("read", kind='x"\n{"event": "forged"}\x1b[2J')
    told = capfd.readouterr().err
    assert len(told.splitlines()) == 1
    assert "\x1b" not in told
