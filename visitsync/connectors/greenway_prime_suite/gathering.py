"""Gathers from the schedule what other EMRs list: a page is passed on where it names something for the first time."""

from collections.abc import Iterable, Iterator

from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connectors.greenway_prime_suite.catalog import tells_more, to_catalog_entry
from visitsync.connectors.greenway_prime_suite.translate import ONLY, TRANSLATOR
from visitsync.domain.practice import CatalogEntry

KINDS = (RecordKind.APPOINTMENT_TYPE, RecordKind.LOCATION, RecordKind.PRACTITIONER)


def gathered(pages: Iterable[FetchedPage]) -> Iterator[FetchedPage]:
    """For each page of the schedule the same bytes once per kind of which it says something new, and what that is."""
    known: dict[tuple[RecordKind, str], CatalogEntry] = {}
    for page in pages:
        for kind in KINDS:
            news = [*_news(page, kind, known)]
            if news:
                yield FetchedPage(
                    kind=kind,
                    body=page.body,
                    media_type=page.media_type,
                    asked={**page.asked, ONLY: ",".join(news)},
                )


def _news(page: FetchedPage, kind: RecordKind, known: dict[tuple[RecordKind, str], CatalogEntry]) -> Iterator[str]:
    listed = FetchedPage(kind=kind, body=page.body, asked=page.asked)
    for record in TRANSLATOR.split(listed):
        if not isinstance(record, RawRecord):
            continue
        entry = to_catalog_entry(record)
        if tells_more(entry, known.get((kind, entry.id))):
            known[kind, entry.id] = entry
            yield entry.id
