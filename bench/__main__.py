"""`make bench`: measures once and prints the tables of docs/performance.md; `make bench ARGS=translate` one of them."""

import functools

import click

from bench import pushing, web_load, web_reads
from bench.job import IDLE_POLLS, Figures, run
from bench.measure import Cost
from bench.translating import AIMS, Rate, rates
from bench.web_house import serving
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import supported_emrs

JOB_AIMS = {
    "first load": "≤ 85 µs, ≤ 4 × floor",
    "nothing changed": "≤ 3 × floor",
    "1 % changed": "≤ 3 × floor",
}


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Measures beside a floor in the same run and prints tables in Markdown; without a part: all parts."""
    if context.invoked_subcommand is None:
        context.invoke(translate)
        context.invoke(job)
        context.invoke(push)


@main.command()
@click.option("--appointments", default=5_000, show_default=True, help="Size of the pretend clinic.")
@click.option("--emr", "emrs", multiple=True, type=click.Choice(supported_emrs()), help="Only this EMR; repeatable.")
def translate(appointments: int, emrs: tuple[str, ...]) -> None:
    """How fast each connector's payloads are understood."""
    print("\n| EMR | format | what | records | bytes each | split | translate | per second and core | × floor | aim |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for rate in rates(appointments, emrs):
        print(_rate_row(rate), flush=True)


@main.command()
@click.option("--appointments", default=100_000, show_default=True, help="Size of the pretend clinic.")
def job(appointments: int) -> None:
    """The whole job: a first load, nothing new, a little new, an idle poll, a recheck of everything."""
    figures = run(appointments)
    print(f"\n{figures.appointments:,} appointments, {figures.visits:,} visits\n")
    print("| what | process CPU | PostgreSQL CPU | both, per appointment | wall | × floor | peak memory | aim |")
    print("|---|---|---|---|---|---|---|---|")
    for cost, floor in _beside_floor(figures):
        print(_cost_row(cost, floor, figures.appointments))
    idle = figures.idle.cpu_seconds / IDLE_POLLS * 1_000
    per_second = figures.appointments / figures.recheck.cpu_seconds
    print(
        f"\nidle poll: {idle:.1f} ms CPU (aim ≤ 3 ms; "
        f"process alone {figures.idle.process_seconds / IDLE_POLLS * 1_000:.1f} ms)"
    )
    print(
        f"recheck of everything: {per_second:,.0f} appointments/s per core (aim ≥ 50,000; "
        f"process alone {figures.appointments / figures.recheck.process_seconds:,.0f}), "
        f"{figures.changed_decisions} decisions changed"
    )


@main.command()
@click.option("--appointments", default=5_000, show_default=True, help="Size of the pretend clinic.")
def push(appointments: int) -> None:
    """How fast pushed messages are kept and acknowledged by one sender's door, and taken in."""
    figures = pushing.run(appointments)
    print(
        "\n| what | messages | per second, by the clock | per second and core | process alone |\n|---|---|---|---|---|"
    )
    for cost in (figures.door, figures.taking_in):
        count = figures.messages
        print(
            f"| {cost.what} | {count:,} | **{count / cost.wall_seconds:,.0f}** | {count / cost.cpu_seconds:,.0f} "
            f"| {count / cost.process_seconds:,.0f} |"
        )


@main.command()
@click.option("--practices", default=2_000, show_default=True)
@click.option("--appointments", default=1_000_000, show_default=True, help="Of all practices together.")
@click.option("--calls", default=300, show_default=True, help="Of each reading, for practices by chance.")
def reads(practices: int, appointments: int, calls: int) -> None:
    """What the pages read, without HTTP: queries and times. Takes minutes, so it runs only when asked for."""
    print("\n| what | practices | queries at most | median | p99 | CPU with PostgreSQL |\n|---|---|---|---|---|---|")
    for one in web_reads.run(
        practices=practices, appointments=appointments, calls=calls, tell=lambda text: click.echo(text, err=True)
    ):
        kind = "of 20,000 appointments" if one.is_large else "ordinary"
        print(
            f"| {one.what} | {kind} | {one.most_queries} | {one.median_ms:.1f} ms | {one.p99_ms:.1f} ms "
            f"| {one.cpu_ms:.1f} ms |"
        )


@main.command()
@click.option("--practices", default=2_000, show_default=True)
@click.option("--appointments", default=1_000_000, show_default=True, help="Of all practices together.")
@click.option("--small", is_flag=True, help="100 practices, 20,000 appointments, 10 seconds: to see that it works.")
@click.option("--rate", default=50.0, show_default=True, help="Requests a second.")
@click.option("--seconds", default=120.0, show_default=True)
def web(practices: int, appointments: int, small: bool, rate: float, seconds: float) -> None:
    """The pages over HTTP from `visitsync serve`, as people of many practices ask for them. Takes minutes."""
    if small:
        practices, appointments, seconds = 100, 20_000, 10.0
    told = functools.partial(click.echo, err=True)
    with serving(practices=practices, appointments=appointments, signed_in=200, tell=told) as house:
        ask = functools.partial(
            web_load.put_on, house.port, house.people, web_pid=house.web_pid, postmaster=house.postgres.pid
        )
        ask(per_second=rate, seconds=min(seconds, 20.0), seed=1)  # so that caches are as warm as on any day
        load = ask(per_second=rate, seconds=seconds)
    for line in web_load.table(load):
        print(line)


def _rate_row(rate: Rate) -> str:
    what = f"{rate.kind}s" + (f" ({rate.unreadable} unreadable)" if rate.unreadable else "")
    cells = (
        rate.emr,
        rate.format,
        what,
        f"{rate.records:,}",
        f"{rate.megabytes * 1e6 / rate.records:,.0f}",
        f"{rate.split_seconds / rate.records * 1e6:.1f} µs",
        f"{(rate.seconds - rate.split_seconds) / rate.records * 1e6:.1f} µs",
        f"**{rate.per_second:,.0f}**",
        f"{rate.times_floor:.1f}",
        _aim(rate),
    )
    return f"| {' | '.join(cells)} |"


def _aim(rate: Rate) -> str:
    """Aims are set for appointments, of which there are many and often."""
    if rate.kind in (RecordKind.PATIENT, RecordKind.PATIENT_UPDATE):
        return ""
    aim = AIMS[rate.format]
    return f"≥ {aim:,}: {'met' if rate.per_second >= aim else '**missed**'}"


def _beside_floor(figures: Figures) -> list[tuple[Cost, Cost]]:
    return [
        (figures.floor, figures.floor),
        (figures.first, figures.floor),
        (figures.floor_again, figures.floor_again),
        (figures.nothing, figures.floor_again),
        (figures.changed, figures.floor_again),
    ]


def _cost_row(cost: Cost, floor: Cost, appointments: int) -> str:
    each = cost.cpu_seconds / appointments * 1e6
    ratio = cost.cpu_seconds / floor.cpu_seconds
    return (
        f"| {cost.what} | {cost.process_seconds:.2f} s | {cost.postgres_seconds:.2f} s | {each:.1f} µs "
        f"| {cost.wall_seconds:.1f} s | {ratio:.2f} | {cost.peak_megabytes:.0f} MB | {JOB_AIMS.get(cost.what, '')} |"
    )


if __name__ == "__main__":
    main()
