"""Values of hundreds of patients are looked for wherever they must never be: logs, errors, the trail, the queue."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
import structlog
from django.test import Client

from tests.web_security.routes import staff_routes, values_of
from visitsync.simulator_kit.records import Patient
from visitsync.wiring.log import set_up_log

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

As = Callable[[str], Client]

AT_LEAST = 500
READABLE = "who_kind, who, who_name, act, object_kind, object_id, why, request_id, address"
TYPED_INTO = (("find", "q"), ("find/look-up", "number"), ("users/address", "address"), ("attention/mine", "note"))
MEMBER_ID = re.compile(r"\w{5}-\d{7}")
BROKEN = ("audit_entry", "patient", "decision")
"""Tables that vanish under the pages, so that statements with patients in them fail."""


@pytest.fixture
def logging_as_in_production() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level
    set_up_log("web")
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def _canaries(clinics: Clinics) -> set[str]:
    """Names in full, addresses, phones, numbers of insurance: none of them is a word of ours."""
    found: set[str] = set()
    for chart in clinics.sets["larkspur"].clinic.patients:
        found |= {value for value in _values(chart) if len(value) > 7}
    return found


def _values(chart: Patient) -> Iterator[str]:
    yield f"{chart.first_name} {chart.last_name}"
    yield chart.email
    yield chart.mobile_phone
    yield chart.address
    if chart.coverage:
        yield chart.coverage.member_id


def _work(clinics: Clinics, client: Client, canaries: set[str]) -> list[bytes]:
    """Everything is looked at, searched for and sent; returns the pages of errors."""
    values, errors = values_of(clinics, "larkspur"), list[bytes]()
    for address in (route.filled(values) for route in staff_routes()):
        errors.extend(
            answer.content for answer in (client.get(address), client.post(address)) if answer.status_code >= 400
        )
    for words in sorted(canaries)[:: len(canaries) // 25]:
        for address, field in TYPED_INTO:
            # What has the form of an appointment's number is taken for one, and such numbers may be read by engineers.
            if field != "number" or not MEMBER_ID.fullmatch(words):
                form = {field: words, "connection": str(values["connection"]), "subject": words, "note": words}
                answer = client.post(f"/p/larkspur/{address}", form)
                errors.extend([answer.content] if answer.status_code >= 400 else [])
        errors.append(client.get(f"/p/larkspur/appointments/{values['connection']}/{words}").content)
    return errors


@pytest.mark.usefixtures("logging_as_in_production")
def test_patients_are_in_no_log_no_error_no_readable_trail_and_no_job(
    clinics: Clinics, as_person: As, server: psycopg.Connection, server_log: Callable[[], str],
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    canaries, client = _canaries(clinics), as_person("admin")
    assert len(canaries) >= AT_LEAST
    written_before = len(server_log())
    errors = _work(clinics, client, canaries)
    for table in BROKEN:
        server.execute(f"alter table {table} rename to gone".encode())
        errors += _work(clinics, client, set(sorted(canaries)[:50]))
        server.execute(f"alter table gone rename to {table}".encode())
    log = capfd.readouterr().err
    trail = server.execute(f"select {READABLE} from audit_entry".encode()).fetchall()
    jobs = server.execute(b"select task_name, args::text, queueing_lock, lock from procrastinate_jobs").fetchall()
    cached = server.execute(b"select cache_key, value from web_cache").fetchall()
    places = {
        "the log": log,
        "PostgreSQL's log": server_log()[written_before:],
        "pages of errors": "\n".join(page.decode() for page in errors),
        "the trail": repr(trail),
        "jobs": repr(jobs),
        "the cache": repr(cached),
    }
    leaks = {place: [one for one in canaries if one in text] for place, text in places.items()}
    assert not {place: found[:3] for place, found in leaks.items() if found}
    assert len(trail) > 50
    assert "Something broke on our side" in places["pages of errors"]
    for line in log.splitlines():
        assert isinstance(json.loads(line), dict)


FORGED_LINES = (
    'x\n{"at": "2026", "event": "synced"}',
    "x\r\nfatal",
    "\x1b[2J\x1b[31mred",
    '"}, {"event": "forged',
    "\x00",
)


@pytest.mark.usefixtures("logging_as_in_production")
@pytest.mark.parametrize("typed", FORGED_LINES)
def test_nobody_writes_lines_of_their_own_into_the_log(
    typed: str, clinics: Clinics, as_person: As, capfd: pytest.CaptureFixture[str]
) -> None:
    client, connection = as_person("front"), values_of(clinics, "larkspur")["connection"]
    client.get(f"/p/larkspur/appointments/{connection}/{typed}")
    client.get("/p/larkspur/today", {"day": typed}, headers={"user-agent": typed.replace("\n", " ").replace("\r", "")})
    client.post("/p/larkspur/find", {"q": typed})
    client.post("/account/login/", {"login": typed, "password": typed})
    client.post("/csp-report", data=typed, content_type="application/csp-report")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert not any("forged" in json.dumps(line) or line["event"] in ("synced", "fatal") for line in lines)
    assert not any("\x1b" in str(value) for line in lines for value in line.values())
