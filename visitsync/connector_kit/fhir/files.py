"""Takes saved FHIR apart, whatever its form: a resource, any Bundle, a list, NDJSON, with or without an HTTP head."""

import re
from collections.abc import Iterable

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.fhir.bundles import Entry, read_bundle, resource_type_of
from visitsync.connector_kit.fhir.outcomes import what_it_says
from visitsync.connector_kit.json_rows import JsonRow, read_listing, read_members, without_byte_order_mark

_HTTP_HEAD = re.compile(rb"(?:[A-Z]+ \S+ HTTP/\d|HTTP/\d\S* \d{3}|[A-Za-z][A-Za-z0-9-]*: )")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
DEEPEST = 3
"""Bundles may hold Bundles, as the answers to a batch do."""


def entries_of_file(content: bytes) -> list[Entry]:
    """Every resource in it, in order. Raises AnswerUnreadable, saying what it is instead."""
    text = _without_head(without_byte_order_mark(content)).strip()
    if text[:1] == b"<":
        raise AnswerUnreadable("This is XML or HTML; only FHIR's JSON is read. Ask for application/fhir+json.")
    if text[:1] == b"[":
        return _flattened(_as_entries(read_listing(text, ()).rows), DEEPEST)
    kind = resource_type_of(text)
    if kind == "OperationOutcome":
        raise AnswerUnreadable(f"This is an error message of the FHIR server: {what_it_says(text)}.")
    if kind:
        return _flattened([Entry(text)], DEEPEST)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(line[:1] == b"{" for line in lines) and any(resource_type_of(line) for line in lines):
        return _flattened(_as_entries(map(_line, lines)), DEEPEST)
    if b'"Bundle"' in text[:4000]:
        return _flattened(read_bundle(text).entries, DEEPEST)
    if "resourceType" in read_members(text):
        return [Entry(text)]
    raise AnswerUnreadable("This is JSON, but no FHIR resource: it has no resourceType.")


def _flattened(entries: Iterable[Entry], deepest: int) -> list[Entry]:
    found: list[Entry] = []
    for entry in entries:
        if deepest and not entry.trouble and resource_type_of(entry.body) == "Bundle":
            bundle = read_bundle(entry.body)
            inner = bundle.entries[::-1] if bundle.type == "history" else bundle.entries  # newest first there
            found += _flattened(inner, deepest - 1)
        else:
            found.append(entry)
    return found


def _as_entries(rows: Iterable[JsonRow]) -> list[Entry]:
    return [Entry(row.body, trouble=row.trouble) for row in rows]


def _line(line: bytes) -> JsonRow:
    if resource_type_of(line):
        return JsonRow(line)
    return JsonRow(line, "the line is no FHIR resource: cut off, or without resourceType")


def _without_head(content: bytes) -> bytes:
    """What stands after the first blank line, where the file begins like an HTTP message."""
    text = content.lstrip()
    if not _HTTP_HEAD.match(text):
        return content
    parts = _BLANK_LINE.split(text, maxsplit=1)
    if len(parts) != 2:
        raise AnswerUnreadable("The file holds an HTTP head and no body.")
    return parts[1]
