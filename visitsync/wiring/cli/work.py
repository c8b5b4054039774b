"""visitsync work: a worker process."""

import click

from visitsync.wiring.log import set_up_log
from visitsync.wiring.settings import from_environment
from visitsync.wiring.worker import work as work_until_stopped


@click.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="Connections at once.")
def work(concurrency: int) -> None:
    """Read the EMRs of all practices, again and again, until SIGTERM or Ctrl-C.

    Run as many as you like, on as many machines as you like: they share one queue and the EMRs' limits. A worker that
    dies is noticed within seconds and its work taken over.

    \b
    Example:
      visitsync work --concurrency 8
    """
    settings = from_environment()
    set_up_log("work", level=settings.log_level)
    work_until_stopped(settings, concurrency=concurrency)
