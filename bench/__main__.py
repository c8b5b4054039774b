"""`make bench`: measures once and prints the table of docs/performance.md."""

import click

from bench.job import IDLE_POLLS, Figures, run
from bench.measure import Cost

AIMS = {
    "first load": "≤ 85 µs, ≤ 4 × floor",
    "nothing changed": "≤ 3 × floor",
    "1 % changed": "≤ 3 × floor",
}


@click.command()
@click.option("--appointments", default=100_000, show_default=True, help="Size of the pretend clinic.")
def main(appointments: int) -> None:
    """Measures the whole job beside its floor and prints a table in Markdown."""
    figures = run(appointments)
    print(f"\n{figures.appointments:,} appointments, {figures.visits:,} visits\n")
    print("| what | process CPU | PostgreSQL CPU | both, per appointment | wall | × floor | peak memory | aim |")
    print("|---|---|---|---|---|---|---|---|")
    for cost, floor in _beside_floor(figures):
        print(_row(cost, floor, figures.appointments))
    idle = figures.idle.cpu_seconds / IDLE_POLLS * 1_000
    rate = figures.appointments / figures.recheck.cpu_seconds
    print(
        f"\nidle poll: {idle:.1f} ms CPU (aim ≤ 3 ms; "
        f"process alone {figures.idle.process_seconds / IDLE_POLLS * 1_000:.1f} ms)"
    )
    print(
        f"recheck of everything: {rate:,.0f} appointments/s per core (aim ≥ 50,000; "
        f"process alone {figures.appointments / figures.recheck.process_seconds:,.0f}), "
        f"{figures.changed_decisions} decisions changed"
    )


def _beside_floor(figures: Figures) -> list[tuple[Cost, Cost]]:
    return [
        (figures.floor, figures.floor),
        (figures.first, figures.floor),
        (figures.floor_again, figures.floor_again),
        (figures.nothing, figures.floor_again),
        (figures.changed, figures.floor_again),
    ]


def _row(cost: Cost, floor: Cost, appointments: int) -> str:
    each = cost.cpu_seconds / appointments * 1e6
    ratio = cost.cpu_seconds / floor.cpu_seconds
    return (
        f"| {cost.what} | {cost.process_seconds:.2f} s | {cost.postgres_seconds:.2f} s | {each:.1f} µs "
        f"| {cost.wall_seconds:.1f} s | {ratio:.2f} | {cost.peak_megabytes:.0f} MB | {AIMS.get(cost.what, '')} |"
    )


if __name__ == "__main__":
    main()
