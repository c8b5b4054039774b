"""The steering wheel under /_simulator/: what a person at a shell, a demo or a test elsewhere can make happen.

GET   /_simulator/  truth  history  requests  faults  actions  scenarios
POST  /_simulator/clock      {"advance_seconds": 3600} or {"set": "2026-11-02T17:00:00Z"}
POST  /_simulator/actions    {"action": "move", "id": 700001, "start": "2026-11-17T10:00"}; see GET actions;
                             nasty: "editing": {"visible_after": 60, "touches_stamp": false, "stamp": "…Z"}
POST  /_simulator/churn      {"share": 0.01, "seed": 1}
POST  /_simulator/scenarios  {"name": "B1"}, gives ids; POST /_simulator/fix with the same and "appointment_id"
POST  /_simulator/faults     {"name": "outage", "times": 2, "match": "appointments", "skip": 1, "status": 503};
                             "times": null means for ever; DELETE /_simulator/faults switches all off
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import churn
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.records import Appointment, AppointmentType, Location, Patient, Practitioner, StaffUser
from visitsync.simulator_kit.scenarios import Scenario
from visitsync.simulator_kit.truth import truth

if TYPE_CHECKING:
    from visitsync.simulator_kit.server import LoggedRequest

PREFIX = "/_simulator/"
ACTIONS: Mapping[str, Callable[..., Any]] = {
    verb.__name__: verb
    for verb in (
        Clinic.book,
        Clinic.book_series,
        Clinic.block,
        Clinic.move,
        Clinic.rebook,
        Clinic.set_status,
        Clinic.cancel,
        Clinic.uncancel,
        Clinic.no_show,
        Clinic.retype,
        Clinic.change_appointment,
        Clinic.archive,
        Clinic.delete,
        Clinic.add_patient,
        Clinic.change_patient,
        Clinic.merge_patients,
        Clinic.delete_patient,
        Clinic.add_location,
        Clinic.change_location,
        Clinic.add_practitioner,
        Clinic.change_practitioner,
        Clinic.enable,
        Clinic.disable,
        Clinic.add_staff,
        Clinic.change_staff,
        Clinic.add_type,
        Clinic.change_type,
    )
}
FIELD_TYPES: dict[str, Any] = {
    name: hint
    for record in (Location, Practitioner, StaffUser, AppointmentType, Patient, Appointment)
    for name, hint in get_type_hints(record).items()
}
WALL_TIME_WITHOUT_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


class BadCommandError(ValueError):
    """The command cannot be carried out; the message says why."""


def answer(app: App, request: Request, requests: Sequence[LoggedRequest]) -> Response:
    """Carry out one command, or say what is wrong with it (400)."""
    command = request.path.removeprefix(PREFIX).strip("/")
    try:
        wish = msgspec.json.decode(request.body, type=dict[str, Any]) if request.body else {}
        return as_json(_carry_out(app, request.method, command, wish, requests))
    except (ValueError, TypeError, KeyError) as problem:
        return as_json({"error": f"{type(problem).__name__}: {problem}"}, 400)


def _carry_out(app: App, method: str, command: str, wish: dict[str, Any], requests: Sequence[LoggedRequest]) -> object:
    reads: Mapping[str, Callable[[], object]] = {
        "": lambda: _status(app, requests),
        "truth": lambda: truth(app),
        "history": lambda: [asdict(happening) for happening in app.clinic.history],
        "requests": lambda: [asdict(request) for request in requests],
        "faults": lambda: _faults(app),
        "actions": lambda: {name: str(inspect.signature(verb)) for name, verb in ACTIONS.items()},
        "scenarios": lambda: {name: scenario.summary for name, scenario in app.scenarios().items()},
    }
    writes: Mapping[tuple[str, str], Callable[[], object]] = {
        ("POST", "clock"): lambda: _move_clock(app, wish),
        ("POST", "faults"): lambda: asdict(app.faults.switch_on(**wish)),
        ("DELETE", "faults"): lambda: app.faults.clear(wish.get("name")),
        ("POST", "actions"): lambda: _act(app, wish),
        ("POST", "churn"): lambda: churn(app.clinic, int(wish.get("seed", 1)), float(wish.get("share", 0.01))),
        ("POST", "scenarios"): lambda: _stage(app, wish),
        ("POST", "fix"): lambda: _fix(app, wish),
    }
    if (method, command) in writes:
        return writes[method, command]()
    if method == "GET" and command in reads:
        with app.clinic.lock:
            return reads[command]()
    if command in app.controls():
        return app.controls()[command](wish)
    known = sorted({*reads, *(name for _, name in writes), *app.controls()})
    raise BadCommandError(f"unknown: {method} {command}; known: {', '.join(known)}")


def _status(app: App, requests: Sequence[LoggedRequest]) -> dict[str, object]:
    return {
        "emr": app.emr,
        "clinic": app.clinic.name,
        "now": app.clock(),
        "variants": dict(app.variants),
        "appointments": len(app.clinic.appointments),
        "patients": len(app.clinic.patients),
        "requests": len(requests),
        "statuses": Counter(str(request.status) for request in requests),
        "faults": [asdict(fault) for fault in app.faults.active],
        "commands": sorted(["clock", "faults", "actions", "churn", "scenarios", "fix", *app.controls()]),
    }


def _faults(app: App) -> dict[str, object]:
    return {"known": app.faults.known, "active": [asdict(fault) for fault in app.faults.active]}


def _move_clock(app: App, wish: Mapping[str, Any]) -> dict[str, datetime]:
    if not isinstance(app.clock, VirtualClock):
        raise BadCommandError("this simulator's clock cannot be moved")
    if "set" in wish:
        app.clock.set(msgspec.convert(wish["set"], datetime).astimezone(UTC))
    app.clock.advance(timedelta(seconds=float(wish.get("advance_seconds", 0))))
    return {"now": app.clock()}


def _act(app: App, wish: dict[str, Any]) -> object:
    """`{"action": "move", "id": 700001, "start": "2026-11-17T10:00"}`, with editing knobs under "editing"."""
    verb = ACTIONS.get(str(wish.pop("action", None)))
    if verb is None:
        raise BadCommandError(f"no such action; known: {', '.join(ACTIONS)}")
    knobs = wish.pop("editing", {})
    if "visible_after" in knobs:
        knobs["visible_after"] = timedelta(seconds=float(knobs["visible_after"]))
    if "stamp" in knobs:
        knobs["stamp"] = msgspec.convert(knobs["stamp"], datetime)
    with app.clinic.lock, app.clinic.editing(**knobs):
        return verb(app.clinic, **_typed(verb, wish))


def _typed(verb: Callable[..., Any], wish: Mapping[str, Any]) -> dict[str, Any]:
    hints = FIELD_TYPES | get_type_hints(verb)
    return {name: _read(value, hints.get(name, Any)) for name, value in wish.items()}


def _read(value: Any, hint: Any) -> Any:
    if isinstance(value, str) and WALL_TIME_WITHOUT_SECONDS.fullmatch(value):
        value += ":00"
    return msgspec.convert(value, hint, strict=False)


def _stage(app: App, wish: Mapping[str, Any]) -> dict[str, Any]:
    scenario = _scenario(app, wish)
    with app.clinic.lock:
        appointment_id = scenario.provoke(app.clinic)
        return {
            "appointment_id": appointment_id,
            "vendor_id": app.vendor_id(appointment_id),
            "code": scenario.code,
            "fixed_by": scenario.fixed_by,
        }


def _fix(app: App, wish: Mapping[str, Any]) -> dict[str, Any]:
    scenario = _scenario(app, wish)
    if scenario.fix is None:
        raise BadCommandError(f"nothing to do in the EMR: this one is fixed by {scenario.fixed_by}")
    with app.clinic.lock:
        scenario.fix(app.clinic, int(wish["appointment_id"]))
    return {"fixed": int(wish["appointment_id"])}


def _scenario(app: App, wish: Mapping[str, Any]) -> Scenario:
    scenario = app.scenarios().get(str(wish.get("name")))
    if scenario is None:
        raise BadCommandError(f"no such scenario; known: {', '.join(app.scenarios())}")
    return scenario
