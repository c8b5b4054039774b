"""The asynchronous bulk lists: ask by POST, poll by GET, each page a POST of its own (reference, section 5.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from visitsync.connectors.drchrono.simulator.stamps import Row
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults

LIFETIME = timedelta(hours=1)
LARGEST_PAGE = 1000


@dataclass(slots=True, kw_only=True)
class _Job:
    rows: Sequence[Row]
    pagination: Mapping[str, int]
    made_at: datetime
    polls_before_complete: int
    failed: bool


class BulkLists:
    """The lists that were asked for within the last hour."""

    def __init__(self, clock: Clock, faults: Faults, variants: Mapping[str, str]) -> None:
        self._clock = clock
        self._faults = faults
        self._polls = 1 if variants["bulk_ready"] == "second poll" else 0
        self._jobs: dict[str, _Job] = {}

    def ask(self, request: Request, rows: Callable[[], Sequence[Row]]) -> Response:
        """POST: the list is being made. `rows` gives all of it in the order asked for."""
        query, everything = request.query, rows()
        size = max(1, min(_figure(query, "page_size", LARGEST_PAGE), LARGEST_PAGE))
        page = max(1, _figure(query, "page", 1))
        pages = -(-len(everything) // size)
        uuid = str(uuid4())
        self._jobs[uuid] = _Job(
            rows=everything[(page - 1) * size : page * size],
            pagination={"count": len(everything), "pages": pages, "page_size": size, "page": page},
            made_at=self._clock(),
            polls_before_complete=self._polls,
            failed=self._faults.take("bulk_fails", request) is not None,
        )
        return as_json(_in_progress(request, uuid), 201)

    def poll(self, request: Request) -> Response:
        """GET: still in progress, complete with rows, failed, or forgotten after an hour."""
        uuid = request.query.get("uuid", "")
        job = self._jobs.get(uuid)
        if job is None or self._clock() - job.made_at >= LIFETIME:
            return as_json({"detail": "Invalid uuid specified"}, 404)
        if job.polls_before_complete > 0:
            job.polls_before_complete -= 1
            return as_json(_in_progress(request, uuid))
        if job.failed:
            return as_json({"status": "Failed", "uuid": uuid, "detail": "The list could not be made."})
        return as_json({"status": "Complete", "pagination": job.pagination, "uuid": uuid, "results": job.rows})


def _in_progress(request: Request, uuid: str) -> dict[str, str]:
    where = f"http://{request.host}{request.path}?uuid={uuid}"
    return {"status": "In progress", "uuid": uuid, "description": f"Call {where} to get the list"}


def _figure(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isdigit() else otherwise
