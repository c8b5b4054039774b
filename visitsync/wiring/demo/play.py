"""The demo from curtain to curtain."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.storage import appointments
from visitsync.storage.decisions import Cause
from visitsync.storage.practice_settings import Author
from visitsync.storage.staff import add_staff
from visitsync.sync.admin.carrying_out import judge_again
from visitsync.sync.admin.entries import enable_practitioner
from visitsync.sync.answers import Answer, to_be_fixed
from visitsync.sync.link import Progress
from visitsync.sync.pipeline import sync
from visitsync.sync.recheck import recheck_everything
from visitsync.sync.report import SyncReport
from visitsync.wiring.addresses import webhook_url
from visitsync.wiring.demo.admin import Opened, open_practice
from visitsync.wiring.demo.busy_days import book_two_days
from visitsync.wiring.demo.happenings import HAPPENINGS, Followed, happen, look, wait_for_visit
from visitsync.wiring.demo.login import Login, add_login
from visitsync.wiring.demo.processes import POLL_SECONDS, Ports, Processes, demo_environment, free_port
from visitsync.wiring.demo.screen import Screen
from visitsync.wiring.demo.stage import CASTS, Set, enters_at, set_up
from visitsync.wiring.house import House, open_house
from visitsync.wiring.settings import from_environment

FIX = (Outcome.NEEDS_FIX, Outcome.ON_HOLD)


class ClinicState(msgspec.Struct, frozen=True, kw_only=True):
    """How one clinic stands when the demo ends."""

    practice: str
    emr: str
    outcomes: dict[str, int]
    needs_fix: tuple[Answer, ...]


class FinalState(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo prints for machines."""

    clinics: tuple[ClinicState, ...]
    followed: tuple[Followed, ...]
    provider_enabled_made_ready: int
    seconds: float
    environment: dict[str, str]
    login: Login


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is on stage."""

    house: House
    screen: Screen
    stages: tuple[Set, ...]
    processes: Processes
    ports: Ports


@contextmanager
def demo(*, seed: int, screen: Screen, shows_all: bool) -> Iterator[FinalState]:
    """Plays the whole demo; what it started runs on until the block ends, and is then taken down and deleted."""
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _fall)
    with ExitStack() as closing:
        screen.welcome()
        play = closing.enter_context(_on_stage(seed, screen))
        opened = _open_practices(play)
        _first_sync(play, opened)
        _show(play, opened, shows_all=shows_all)
        login = _start_processes(play, opened)
        followed = [*_let_things_happen(play, opened)]
        enabled = _enable_forgotten_provider(play, opened)
        ahead, nearer = _let_time_pass(play, opened)
        environment = demo_environment(play.house.settings.home, play.ports, ahead)
        yield FinalState(
            clinics=tuple(_state(play, stage, one) for stage, one in zip(play.stages, opened, strict=True)),
            followed=(*followed, *nearer),
            provider_enabled_made_ready=enabled,
            seconds=round(time.monotonic() - began, 1),
            environment=environment,
            login=login,
        )


@contextmanager
def _on_stage(seed: int, screen: Screen) -> Iterator[Play]:
    """The database, the EMRs and an empty house, in a private folder that is gone afterwards."""
    screen.heading(1, "A database and six pretend EMRs start")
    with ExitStack() as closing:
        home = closing.enter_context(_private_folder())
        ports = Ports(web=free_port(), listen=free_port())
        environment = demo_environment(home, ports)
        settings = from_environment(environment)
        began = time.monotonic()
        house = closing.enter_context(open_house(settings))
        screen.done("PostgreSQL, embedded, in a private folder", time.monotonic() - began)
        stages = tuple(set_up(cast, house.clock(), seed=seed) for cast in CASTS)
        for stage in stages:
            book_two_days(stage.clinic, house.clock())
            closing.enter_context(stage.server)
            screen.done(
                f"{stage.emr_name} of {stage.cast.name}: {len(stage.clinic.appointments)} entries, {stage.server.url}"
            )
        processes = Processes(home)
        closing.callback(processes.stop_all)
        processes.start("listen", environment)
        processes.wait_for_listener(ports.listen)
        yield Play(house=house, screen=screen, stages=stages, processes=processes, ports=ports)


def _open_practices(play: Play) -> tuple[Opened, ...]:
    play.screen.heading(2, "The practices are connected, and their admins approve and enable")
    opened = []
    for stage in play.stages:
        began = time.monotonic()
        one = open_practice(play.house, stage, play.ports.listen)
        opened.append(one)
        play.screen.done(f"{stage.cast.name} → {stage.emr_name}", time.monotonic() - began)
        play.screen.say(f"   approved: {', '.join(one.approved)};  forgotten: {one.forgotten_type}", "dim")
        play.screen.say(f"   enabled: {', '.join(one.enabled)};  forgotten: {one.forgotten_provider.name}", "dim")
    return tuple(opened)


def _first_sync(play: Play, opened: Sequence[Opened]) -> None:
    """One after the other: the pretend EMRs live in this process, too, and would only get into each other's way."""
    play.screen.heading(3, "First sync: from last week to four months ahead")
    for stage, one in zip(play.stages, opened, strict=True):
        began = time.monotonic()
        if stage.is_pushed:  # its messages came before the admin had approved anything
            recheck_everything(play.house.link(one.practice_id, one.connection_id), Cause("setting changed"))
        with play.screen.progress(stage.emr_name, stage.server.requests.__len__) as watch:
            report = _sync_to_its_end(play, one, watch)
        answered = sum(_outcomes(play.house, one).values())
        play.screen.done(f"{stage.emr_name}: {answered} appointments answered", time.monotonic() - began)
        if report.trouble:
            play.screen.say(f"   {report.trouble}: {report.detail}", "red")


def _sync_to_its_end(play: Play, opened: Opened, watch: Callable[[Progress], None]) -> SyncReport:
    """If the EMR asks us to wait, as it may on a busy machine, we wait and go on where we were."""
    while True:
        report = sync(play.house.link(opened.practice_id, opened.connection_id, progress=watch))
        if report.try_again_at is None:
            return report
        pause = (report.try_again_at - play.house.clock()).total_seconds()
        play.screen.say(f"   {report.trouble}: waits {max(pause, 0):.0f} s, then goes on by itself", "yellow")
        time.sleep(max(pause, 0))


def _show(play: Play, opened: Sequence[Opened], *, shows_all: bool) -> None:
    play.screen.heading(4, "Every appointment has its answer")
    counted = {}
    for stage, one in zip(play.stages, opened, strict=True):
        with play.house.database.practice(one.practice_id) as transaction:
            counted[f"{stage.emr_name}\n{stage.cast.name}"] = appointments.outcome_counts(
                transaction, one.connection_id
            )
    play.screen.outcomes(counted)
    for stage, one in zip(play.stages, opened, strict=True):
        play.screen.to_be_fixed(
            f"{stage.cast.name} · {stage.emr_name}", _needing_a_fix(play.house, one), shows_all=shows_all
        )


def _start_processes(play: Play, opened: Sequence[Opened]) -> Login:
    environment = demo_environment(play.house.settings.home, play.ports)
    began = time.monotonic()
    login = add_login(play.house, [one.practice_id for one in opened])
    for command in ("work", "serve"):
        play.processes.start(command, environment)
    play.processes.wait_for_web(play.ports.web)
    for stage, one in zip(play.stages, opened, strict=True):
        if configure := stage.app.controls().get("webhook"):
            address = webhook_url(play.house.settings, stage.cast.emr, one.practice_id, one.connection_id)
            configure({"callback_url": address, "secret_token": one.webhook_secret})
    play.screen.heading(5, "A worker and a web process run now, as they do every day; things happen in the EMRs")
    play.screen.say(
        f"   Intergy sends messages, DrChrono pushes hints, the others are asked every {POLL_SECONDS} s (in real life "
        f"every few minutes). The processes were ready after {time.monotonic() - began:.1f} s.", "dim",
    )  # fmt: skip
    return login


def _let_things_happen(play: Play, opened: Sequence[Opened]) -> Iterator[Followed]:
    by_emr = {stage.cast.emr: (stage, one) for stage, one in zip(play.stages, opened, strict=True)}
    for happening in HAPPENINGS:
        stage, one = by_emr[happening.emr]
        followed = happen(play.house, happening, stage, one)
        play.screen.followed(followed, stage.emr_name)
        yield followed


def _enable_forgotten_provider(play: Play, opened: Sequence[Opened]) -> int:
    """The one thing that is set right here and not in an EMR; what was there already links at once."""
    stage, one = play.stages[0], opened[0]
    house, began = play.house, time.monotonic()
    provider = one.forgotten_provider
    with house.database.practice(one.practice_id) as transaction:
        member = add_staff(
            transaction, house.vault, name=provider.name, email="new.login@larkspur.example", role="provider"
        )
        change = enable_practitioner(
            transaction, one.connection_id, Author("demo admin", house.clock()), provider.id, member.staff_id
        )
    found = judge_again(house.engine, one.practice_id, change).effects
    ready = sum(effect.count for effect in found if effect.after == Outcome.READY)
    play.screen.done(
        f"{stage.cast.name}: the admin enables {provider.name}: {ready} visits link at once", time.monotonic() - began
    )
    return ready


def _let_time_pass(play: Play, opened: Sequence[Opened]) -> tuple[timedelta, list[Followed]]:
    """Moves every clock to when the far-off appointments come inside three months; nobody does anything else."""
    now = play.house.clock()
    until = max(enters_at(stage, now) for stage in play.stages)
    ahead = until - now
    play.screen.heading(6, f"The clocks move on by {_days(ahead)}; nobody does anything")
    before = [
        look(play.house, one, stage.vendor_id("comes nearer")) for stage, one in zip(play.stages, opened, strict=True)
    ]
    for command in ("work", "serve"):
        play.processes.stop(command)
    for stage in play.stages:
        stage.clock.advance(ahead)
    for command in ("work", "serve"):
        play.processes.start(command, demo_environment(play.house.settings.home, play.ports, ahead))
    began = time.monotonic()
    found = []
    for stage, one, was in zip(play.stages, opened, before, strict=True):
        followed = wait_for_visit(
            play.house, one, stage.vendor_id("comes nearer"), "a far-off appointment comes inside three months",
            stage.cast.emr, was, began=began,
        )  # fmt: skip
        play.screen.followed(followed, stage.emr_name)
        found.append(followed)
    return ahead, found


def _state(play: Play, stage: Set, opened: Opened) -> ClinicState:
    return ClinicState(
        practice=stage.cast.slug,
        emr=stage.cast.emr,
        outcomes=_outcomes(play.house, opened),
        needs_fix=tuple(_needing_a_fix(play.house, opened)),
    )


def _outcomes(house: House, opened: Opened) -> dict[str, int]:
    with house.database.practice(opened.practice_id) as transaction:
        return appointments.outcome_counts(transaction, opened.connection_id)


def _needing_a_fix(house: House, opened: Opened) -> list[Answer]:
    with house.database.practice(opened.practice_id) as transaction:
        return to_be_fixed(transaction, house.vault, opened.connection_id, FIX, now=house.clock())


@contextmanager
def _private_folder() -> Iterator[Path]:
    outer = Path(tempfile.mkdtemp(prefix="visitsync-demo-"))
    if os.geteuid() == 0:
        outer.chmod(0o711)  # the embedded database inside belongs to another user
    try:
        yield outer / "home"
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _days(span: timedelta) -> str:
    hours = round(span.total_seconds() / 3600)
    return f"{hours // 24} days and {hours % 24} hours" if hours >= 48 else f"{hours} hours"


def _fall(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
