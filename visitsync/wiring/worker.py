"""A worker process: takes jobs from the queue, as many at once as it may, and looks after what others left behind."""

import asyncio
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException

from visitsync.storage import job_queue
from visitsync.storage.database import CONNECTION_SETTINGS, StorageUnavailable
from visitsync.sync import jobs, mailing_help
from visitsync.sync.jobs import TASKS, Workshop
from visitsync.sync.link import Link, Progress
from visitsync.sync.mailing_help import HelpDesk
from visitsync.wiring.embedded_postgres import DatabaseDidNotStart
from visitsync.wiring.house import House, open_house
from visitsync.wiring.keeper import kept_alive
from visitsync.wiring.mail import SmtpPost
from visitsync.wiring.settings import Settings
from visitsync.wiring.site_of_house import mail_of
from visitsync.wiring.telling import Teller

log = structlog.get_logger()

ALWAYS_FREE_FOR_THE_URGENT = 2
HEARTBEAT_SECONDS = 3.0
SILENT_SECONDS = 12.0
"""A worker that has not been heard of for so long has lost its jobs; they go to another."""
RESCUE_EVERY_SECONDS = 3.0
TELL_EVERY_SECONDS = 5.0
"""So often this worker asks whether it is a practice's turn to be looked at (see telling)."""
PLAN_EVERY = 10
"""Of so many rounds of rescue, one also plans what was lost."""
FORGET_FAILED_AFTER_DAYS = 7
GRACE_SECONDS = 30.0
PAUSE_SECONDS = 1.0
QUEUE_SECONDS = 10.0
"""A queue that cannot be reached for so long is gone: begin anew once it is back."""

_GONE = (StorageUnavailable, DatabaseDidNotStart, psycopg.Error, ProcrastinateException, OSError)


def work(settings: Settings, *, concurrency: int, stop: threading.Event | None = None) -> None:
    """Works until SIGTERM or SIGINT (or `stop`): running jobs are ended between two pages and taken up by others.

    A database that goes away is waited for; the embedded one is started again by whoever finds it gone first.
    """
    stopping = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set():
        try:
            with open_house(settings) as house, kept_alive(house) as moved:
                asyncio.run(_work_in(house, concurrency, stopping, moved))
        except _GONE as error:
            log.warning("the database is gone, waiting for it", exc_info=error)
        stopping.wait(PAUSE_SECONDS)
    log.info("stopped")


async def _work_in(house: House, concurrency: int, stopping: threading.Event, moved: threading.Event) -> None:
    """Until asked to stop, or until the queue cannot be reached any more where it was."""
    threads = concurrency + ALWAYS_FREE_FOR_THE_URGENT
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads + 4, thread_name_prefix="job"))
    app = _queue(house, _workshop(house, stopping))
    async with app.open_async():
        log.info("ready", count=concurrency)
        crew = [
            asyncio.create_task(_run(app, concurrency, [jobs.ROUTINE, jobs.URGENT])),
            asyncio.create_task(_run(app, ALWAYS_FREE_FOR_THE_URGENT, [jobs.URGENT])),
            asyncio.create_task(_look_after_others(house, stopping)),
            asyncio.create_task(_tell_people(Teller(house), stopping)),
        ]
        ends = asyncio.create_task(_until(stopping, moved))
        await asyncio.wait([*crew, ends], return_when=asyncio.FIRST_COMPLETED)
        ends.cancel()
        for member in crew:
            member.cancel()
        ended = await asyncio.gather(*crew, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


def _queue(house: House, workshop: Workshop) -> App:
    options = " ".join(f"-c {name}={value.replace(' ', '')}" for name, value in CONNECTION_SETTINGS.items())
    connector = PsycopgConnector(
        conninfo=house.database.url, kwargs={"options": options}, min_size=1, max_size=4, timeout=QUEUE_SECONDS
    )
    app = App(connector=connector)
    for name, task in TASKS.items():
        app.task(name=name)(_named(task, workshop))
    app.task(name=mailing_help.TASK)(_named(mailing_help.mail_help_request, _help_desk(house)))
    return app


def _named(task: Callable[..., None], given: Workshop | HelpDesk) -> Callable[..., None]:
    def carry_out(**arguments: Any) -> None:
        task(given, **arguments)

    return carry_out


def _help_desk(house: House) -> HelpDesk:
    mail = mail_of(house.settings)
    return HelpDesk(
        database=house.database,
        vault=house.vault,
        clock=house.clock,
        post=SmtpPost(mail) if mail is not None else None,
        address=house.settings.support_address,
    )


def _workshop(house: House, stopping: threading.Event) -> Workshop:
    def open_link(practice_id: UUID, connection_id: UUID, progress: Callable[[Progress], None]) -> Link:
        return house.link(practice_id, connection_id, progress=progress)

    return Workshop(
        database=house.database,
        open_link=open_link,
        is_stopping=stopping.is_set,
        poll_every=house.settings.poll_every,
    )


async def _run(app: App, concurrency: int, queues: list[str]) -> None:
    await app.run_worker_async(
        queues=queues,
        concurrency=concurrency,
        install_signal_handlers=False,
        fetch_job_polling_interval=1.0,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=SILENT_SECONDS,
        shutdown_graceful_timeout=GRACE_SECONDS,
        delete_jobs="successful",
    )


async def _until(*events: threading.Event) -> None:
    while not any(event.is_set() for event in events):
        await asyncio.sleep(0.1)


async def _look_after_others(house: House, stopping: threading.Event) -> None:
    """Rescues jobs of dead workers, plans what was lost. In this process and not a job: it must never wait its turn."""
    rounds = 0
    while not stopping.is_set():
        await asyncio.to_thread(partial(_one_round, house, plans=rounds % PLAN_EVERY == 0))
        rounds += 1
        await asyncio.sleep(RESCUE_EVERY_SECONDS)


async def _tell_people(teller: Teller, stopping: threading.Event) -> None:
    """Whose turn it is stands in the database, shared by all workers; no job waits for it, and it waits for no job."""
    while not stopping.is_set():
        await asyncio.to_thread(teller.round, stopping.is_set)
        await asyncio.sleep(TELL_EVERY_SECONDS)


def _one_round(house: House, *, plans: bool) -> None:
    with house.database.shared() as connection:
        rescued = job_queue.rescue(connection, silent_seconds=SILENT_SECONDS)
        if plans:
            job_queue.forget_ended(connection, days=FORGET_FAILED_AFTER_DAYS)
    planned = jobs.plan_what_was_lost(house.database) if plans else 0
    if rescued or planned:
        log.warning("jobs of dead workers given back, lost ones planned", count=rescued + planned)
