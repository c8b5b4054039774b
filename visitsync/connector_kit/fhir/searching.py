"""Searches page by page: `next` followed as it is, never elsewhere or in a circle (fhir reference, sections 5, 6)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from visitsync.connector_kit.addresses import read_origin
from visitsync.connector_kit.errors import AnswerUnreadable, ForbiddenAddress, RecordGone, RequestRefused
from visitsync.connector_kit.fhir.asking import FhirServer
from visitsync.connector_kit.fhir.bundles import Answered, read_bundle
from visitsync.connector_kit.http import Answer
from visitsync.connector_kit.limits import Urgency

MOST_PAGES = 20_000
MOST_EMPTY_PAGES = 20
"""An empty page may have a next one; so many in a row are a circle."""
RESTARTED = "restarted"

Params = Sequence[tuple[str, str]]
"""Names and values of a search; a name that comes twice means both conditions."""


class ParameterIgnored(RequestRefused):
    """The server passed over a search parameter without which its answer means something else."""


class SearchPage(NamedTuple):
    """One page of a search."""

    answer: Answer
    bundle: Answered
    next: str
    """The whole address of the next page; "" after the last."""


class Searches:
    """Searches on one FHIR server."""

    def __init__(self, server: FhirServer, base_url: str, *, allows_loopback: bool = False) -> None:
        self._server = server
        self._base_url = base_url.rstrip("/")
        self._allows_loopback = allows_loopback
        self._origin = read_origin(base_url, allows_loopback=allows_loopback)

    def pages(
        self,
        path: str,
        params: Params,
        *,
        urgency: Urgency,
        resume: str = "",
        must_honour: Sequence[str] = (),
        is_strict: bool = True,
    ) -> Iterator[SearchPage]:
        """Every page, from `resume` on where that address still works, else from the beginning.

        `path`: what is searched, such as `Appointment` or `Appointment/_history`. `must_honour`: parameters that the
        server must show in its self link. Raises ParameterIgnored, AnswerUnreadable, ForbiddenAddress and the errors
        of asking.
        """
        first = f"/{path}?{urlencode(params)}" if params else f"/{path}"
        address = resume if resume and self._is_own(resume) else ""
        met: set[str] = set()
        before: SearchPage | None = None
        empty = 0
        for _ in range(MOST_PAGES):
            try:
                answer = self._server.get(
                    address or first, operation=path.partition("/")[0], urgency=urgency, is_strict=is_strict
                )
            except (RecordGone, RequestRefused):
                if not address or RESTARTED in met:
                    raise
                address, met, before = (
                    "",
                    {RESTARTED},
                    None,
                )  # page tokens expire; reading from the beginning does no harm
                continue
            page = self._page(answer)
            if not address:
                refuse_ignored(page.bundle.links, must_honour)
            empty = 0 if page.bundle.entries else empty + 1
            if page.next in met or _is_same(before, page) or empty > MOST_EMPTY_PAGES:
                raise AnswerUnreadable(f"{path}: the next page is one that was read before.")
            before = page
            yield page
            if not page.next:
                return
            met.add(page.next)
            address = page.next
        raise AnswerUnreadable(f"{path}: more than {MOST_PAGES} pages.")

    def _page(self, answer: Answer) -> SearchPage:
        bundle = read_bundle(answer.body)
        following = bundle.links.get("next", "")
        address = urljoin(f"{self._base_url}/", following) if following else ""
        if address and not self._is_own(address):
            raise ForbiddenAddress("The next page is said to be on another host; our token does not go there.")
        return SearchPage(answer, bundle, address)

    def _is_own(self, address: str) -> bool:
        try:
            return read_origin(address, allows_loopback=self._allows_loopback) == self._origin
        except ForbiddenAddress:
            return False


def _is_same(before: SearchPage | None, page: SearchPage) -> bool:
    """Whether a server goes in a circle under ever new addresses; pages without entries may well be alike."""
    return before is not None and bool(page.bundle.entries) and before.bundle.entries == page.bundle.entries


def refuse_ignored(links: Mapping[str, str], must_honour: Sequence[str]) -> None:
    """Raises ParameterIgnored if the self link leaves out what was asked; without a self link nothing is known."""
    told = links.get("self", "")
    if not told:
        return
    honoured = {name.partition(":")[0] for name, _ in parse_qsl(urlsplit(told).query, keep_blank_values=True)}
    missing = [name for name in must_honour if name not in honoured]
    if missing:
        raise ParameterIgnored(f"The FHIR server passes over the search parameters {', '.join(missing)}.")
