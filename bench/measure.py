"""Counts what a piece of work costs: processor seconds of this process and of PostgreSQL, wall time, peak memory."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Cost:
    """What one piece of work took."""

    what: str
    process_seconds: float = 0.0
    postgres_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_megabytes: float = 0.0
    """Of this process since it began, not only of this piece."""

    @property
    def cpu_seconds(self) -> float:
        return self.process_seconds + self.postgres_seconds


@contextmanager
def measured(what: str, postmaster: int) -> Iterator[Cost]:
    """Measures the block; `postmaster` is the process id whose children do PostgreSQL's work."""
    cost = Cost(what)
    postgres, process, wall = postgres_cpu_seconds(postmaster), time.process_time(), time.perf_counter()
    yield cost
    cost.process_seconds = time.process_time() - process
    cost.postgres_seconds = postgres_cpu_seconds(postmaster) - postgres
    cost.wall_seconds = time.perf_counter() - wall
    cost.peak_megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def postgres_cpu_seconds(postmaster: int) -> float:
    """Of the postmaster and all its children, those that have ended included (resolution: a clock tick)."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))) is not None:
            parent, own, of_ended_children = stat
            total += own + of_ended_children if int(entry.name) == postmaster else own if parent == postmaster else 0
    return total / TICKS


def _stat(process: int) -> tuple[int, int, int] | None:
    """(parent, own ticks, ticks of children that ended); None for a process that is gone."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()
    return int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
