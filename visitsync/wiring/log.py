"""What engineers read: one JSON line per event on standard error, with ids and codes, never with people."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog

LONGEST_TEXT = 300

LIBRARIES = {
    **dict.fromkeys(("procrastinate", "psycopg", "httpx2", "httpcore2", "asyncio", "_granian"), logging.WARNING),
    "psycopg.pool": logging.ERROR,  # a database that is gone is told once, by us
    # What strangers ask for is no event of ours, and an address may hold anything.
    **dict.fromkeys(("django.request", "django.security"), logging.ERROR),
}

# Whatever is logged under any other name is left out, so that nobody can leak a person by a careless word.
KNOWN_FIELDS = (
    "at", "level", "process", "event", "practice", "connection", "emr", "appointment", "job", "task", "attempt", "code",
    "kind", "outcome", "trouble", "error", "where", "count", "changed", "records", "repaired", "unreadable", "pages",
    "seconds", "status", "bytes", "port", "url", "version", "until", "pid",
    "peer", "host",
)  # fmt: skip
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_PASSWORD_IN_URL = re.compile(r"(://[^:/\s]*:)[^@\s]*@")
_PHONE = re.compile(r"\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b")

Event = MutableMapping[str, Any]


def set_up_log(process: str, *, level: str = "info") -> None:
    """Sends our own events and those of the libraries to standard error, through the same redaction."""
    ours = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level]
    structlog.configure(
        processors=[*ours, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=ours,
            processors=[
                _Stamp(process),
                name_error,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Libraries say much that nobody asked for; their warnings are kept.
    for library, least in LIBRARIES.items():
        logging.getLogger(library).setLevel(least)


class _Stamp:
    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, logger: Any, name: str, event: Event) -> Event:
        event["at"] = datetime.now(UTC).isoformat(timespec="milliseconds")
        event["process"] = self._process
        return event


def name_error(logger: Any, name: str, event: Event) -> Event:
    """Puts an exception's type, code and place into the event: its message may quote somebody's record."""
    raised = event.pop("exc_info", None)
    error = sys.exc_info()[1] if raised is True else raised
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = named(error)
        event["where"] = place_of(error)
    return event


def named(error: BaseException) -> str:
    """An exception without its message: type, our own code or PostgreSQL's, and the same of its cause."""
    code = getattr(error, "code", None) or getattr(error, "sqlstate", None)
    name = f"{type(error).__name__}({code})" if isinstance(code, str) else type(error).__name__
    return name if error.__cause__ is None else f"{name} from {named(error.__cause__)}"


def place_of(error: BaseException) -> str:
    """File, line and function in which it was raised, of our own code if it passed through it."""
    frames = traceback.extract_tb(_trace(error))
    if not frames:
        return ""
    ours = [frame for frame in frames if "visitsync" in frame.filename]
    frame = (ours or frames)[-1]
    file = frame.filename.rpartition("site-packages/")[2].rpartition("visitsync/")[2]
    return f"{file}:{frame.lineno} {frame.name}"


def redact(logger: Any, name: str, event: Event) -> Event:
    """Keeps the known fields, in their order, without anything that looks like an address, phone or password."""
    return {field: _safe(event[field]) for field in KNOWN_FIELDS if event.get(field) is not None}


def _trace(error: BaseException) -> TracebackType | None:
    return error.__traceback__


def _safe(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = _PASSWORD_IN_URL.sub(r"\1…@", str(value))
    text = _PHONE.sub("…", _EMAIL.sub("…@…", text))
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
