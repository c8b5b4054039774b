"""The one polite client: counted, bounded in time and size, sent only where it may go, silent about secrets."""

import logging
import os
import ssl
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode, urljoin

import httpcore2
import msgspec

from visitsync.connector_kit.addresses import DEFAULT_PORT, NETWORK_TROUBLE, Origin, read_origin
from visitsync.connector_kit.answer_body import read_body
from visitsync.connector_kit.connector import Clock
from visitsync.connector_kit.errors import AnswerUnreadable, ForbiddenAddress, RequestRefused, TryAgainLater
from visitsync.connector_kit.limits import Budget, Limit, Urgency
from visitsync.connector_kit.pinned_network import Attempt, PinnedBackend, attempting

MEGABYTE = 1024 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 3
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
USER_AGENT = "visitsync"
THROTTLED = "emr-throttled"

Headers = list[tuple[bytes, bytes]]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the EMR answered, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; of a repeated header the last, but all of Link, which may be sent in several lines."""
    body: bytes
    media_type: str
    """Lower case, without parameters; "" where none was given."""

    def __repr__(self) -> str:
        return f"Answer({self.status}, {self.media_type}, {len(self.body)} bytes)"


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    method: str
    url: str
    headers: Headers
    content: bytes | None
    operation: str
    urgency: Urgency
    is_repeatable: bool

    def __repr__(self) -> str:
        return f"_Request({self.operation})"


class PoliteClient:
    """Asks one EMR on behalf of one connection. Cheap to make: open connections are shared by the whole process.

    Every request, also a redirect or a second try, is first taken from the budget. Requests go to the origin of
    `base_url` or to one of `allowed_hosts` (https, standard port); a base URL on this machine stays on its own.
    """

    total_seconds = 60.0
    """For a whole request, its answer's last byte included; a slow drip does not prolong it."""
    connect_seconds = 10.0
    max_body_bytes = 32 * MEGABYTE
    """Of an answer, unpacked."""

    def __init__(
        self,
        base_url: str,
        *,
        budget: Budget,
        clock: Clock,
        allowed_hosts: Sequence[str] = (),
        limits: Sequence[Limit] = (),
        allows_loopback: bool = False,
    ) -> None:
        """Raises ForbiddenAddress where the base URL's looks say so; what it leads to is checked when connecting."""
        self._base_url = base_url.rstrip("/")
        self._origin = read_origin(base_url, allows_loopback=allows_loopback)
        self._allowed = _allowed_origins(self._origin, allowed_hosts)
        self._allows_loopback = allows_loopback
        self._budget = budget
        self._clock = clock
        self._limits = tuple(limits)

    def __repr__(self) -> str:
        return f"PoliteClient({self._origin[1]})"

    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        operation: str,
        urgency: Urgency,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        media_types: Sequence[str] = (),
        is_repeatable: bool | None = None,
    ) -> Answer:
        """Sends one request and returns the answer, whatever its status.

        `path_or_url`: a path is appended to the base URL ("" is the base URL itself); a whole URL must lead to an
        allowed host. `operation` names the request in limits, errors and logs. `media_types`: what a 2xx answer with
        a body may be; another type raises AnswerUnreadable. `is_repeatable`: sending it twice does no harm (default:
        GET and HEAD).
        Raises TryAgainLater (also as AnswerUnreadable), ForbiddenAddress, RequestRefused, and what the budget raises.
        """
        request = _Request(
            method=method,
            url=self._url(path_or_url, params),
            headers=_header_list(headers or {}),
            content=content,
            operation=operation,
            urgency=urgency,
            is_repeatable=method in SAFE_METHODS if is_repeatable is None else is_repeatable,
        )
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._send(request)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return _of_expected_type(answer, media_types, operation)
            request = msgspec.structs.replace(request, url=self._redirected(request.url, answer.headers["location"]))
        raise AnswerUnreadable(f"{operation}: redirected more than {MAX_REDIRECTS} times.")

    def throttled(self, operation: str, *, wait_seconds: float, names: Sequence[str] = ()) -> TryAgainLater:
        """Tells the budget that the EMR itself said "too many" and returns the error to raise.

        `names`: which limits it meant; default: all that count this operation.
        """
        until = self._clock() + timedelta(seconds=wait_seconds)
        meant = [limit for limit in self._limits_of(operation) if not names or limit.name in names]
        self._budget.refused(meant, until=until)
        return TryAgainLater(f"{operation}: the EMR says that it is asked too often.", until=until, code=THROTTLED)

    def may_go_to(self, url: str) -> bool:
        """Whether a link from the EMR leads where requests may go."""
        try:
            return read_origin(url, allows_loopback=self._allows_loopback) in self._allowed
        except ForbiddenAddress:
            return False

    def _url(self, path_or_url: str, params: Mapping[str, str] | None) -> str:
        url = path_or_url if path_or_url.startswith(("https://", "http://")) else self._base_url + path_or_url
        if not self.may_go_to(url):
            raise ForbiddenAddress("A link leads where requests must not go.")
        return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url

    def _redirected(self, url: str, location: str) -> str:
        """Only within the same origin, because the headers with the token are sent again."""
        target = urljoin(url, location)
        origins = [read_origin(each, allows_loopback=self._allows_loopback) for each in (url, target)]
        if origins[0] != origins[1]:
            raise ForbiddenAddress("The EMR redirects to another host; our token does not go there.")
        return target

    def _limits_of(self, operation: str) -> list[Limit]:
        return [limit for limit in self._limits if limit.operation in (None, operation)]

    def _send(self, request: _Request) -> Answer:
        """One try; a second only where a kept connection turned out dead before a byte of the answer came."""
        attempt = self._counted_attempt(request)
        try:
            return self._exchange(request, attempt)
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            is_stale = not (attempt.opened_connection or attempt.received_anything)
            if not (request.is_repeatable and is_stale):
                raise _in_our_words(error, request.operation, attempt) from error
        except _TRANSPORT_ERRORS as error:
            raise _in_our_words(error, request.operation, attempt) from error
        attempt = self._counted_attempt(request)
        try:
            return self._exchange(request, attempt)
        except _TRANSPORT_ERRORS as error:
            raise _in_our_words(error, request.operation, attempt) from error

    def _counted_attempt(self, request: _Request) -> Attempt:
        self._budget.take(self._limits_of(request.operation), urgency=request.urgency)
        return Attempt(self.total_seconds, self.connect_seconds)

    def _exchange(self, request: _Request, attempt: Attempt) -> Answer:
        pool = _pool(allows_loopback=self._allows_loopback)
        timeouts = {"timeout": {"pool": self.total_seconds}}
        with (
            attempting(attempt),
            pool.stream(
                request.method, request.url, headers=request.headers, content=request.content, extensions=timeouts
            ) as response,
        ):
            headers = _by_name(response.headers)
            body = read_body(response.iter_stream(), headers, self.max_body_bytes)
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(status=response.status, headers=headers, body=body, media_type=media_type)


def _allowed_origins(base: Origin, hosts: Sequence[str]) -> frozenset[Origin]:
    if base[0] == "http":  # a simulator must never be able to send its clients out into the world
        return frozenset({base})
    return frozenset({base, *(("https", host, DEFAULT_PORT["https"]) for host in hosts)})


def _header_list(headers: Mapping[str, str]) -> Headers:
    """Raises RequestRefused for a header that cannot be sent (its value may be a secret, so only its name is told)."""
    every = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers}
    try:
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in every.items()]
    except UnicodeEncodeError:
        raise RequestRefused("A header contains letters beyond ASCII.") from None


def _by_name(received: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in received:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        # Of a link header that came in two lines, the lost one might be that which says that a list goes on.
        headers[name] = f"{headers[name]}, {value}" if name == "link" and name in headers else value
    return headers


def _of_expected_type(answer: Answer, media_types: Sequence[str], operation: str) -> Answer:
    is_good = 200 <= answer.status < 300 and bool(answer.body)
    if is_good and media_types and answer.media_type and answer.media_type not in media_types:
        raise AnswerUnreadable(f"{operation}: the answer is {answer.media_type[:60]}, not {media_types[0]}.")
    return answer


# What the transport may raise; anything else is a bug of ours and must be seen.
_TRANSPORT_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    ssl.SSLError,
)


def _in_our_words(error: Exception, operation: str, attempt: Attempt) -> TryAgainLater | RequestRefused:
    if isinstance(error, (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol)):
        return RequestRefused(f"{operation}: the request cannot be sent as it is.")
    if isinstance(error, (httpcore2.ConnectError, httpcore2.ConnectTimeout, ssl.SSLError)):
        return TryAgainLater(f"{operation}: no connection to the EMR.", code=NETWORK_TROUBLE)
    if isinstance(error, httpcore2.TimeoutException):
        return TryAgainLater(f"{operation}: the EMR did not answer in time.")
    if attempt.received_anything:
        return AnswerUnreadable(f"{operation}: the connection broke inside the answer.")
    return TryAgainLater(f"{operation}: the connection broke before an answer came.")


_pools: dict[bool, httpcore2.ConnectionPool] = {}
"""By whether loopback is allowed. A connection carries no credentials of its own, so practices share them."""


def close_connections() -> None:
    """Closes every kept connection of this process; the next request opens a new one."""
    while _pools:
        _pools.popitem()[1].close()


def _pool(*, allows_loopback: bool) -> httpcore2.ConnectionPool:
    pool = _pools.get(allows_loopback)
    return pool or _pools.setdefault(allows_loopback, _new_pool(allows_loopback=allows_loopback))


def _new_pool(*, allows_loopback: bool) -> httpcore2.ConnectionPool:
    context = httpcore2.default_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return httpcore2.ConnectionPool(
        ssl_context=context,
        max_connections=200,
        keepalive_expiry=30.0,
        network_backend=PinnedBackend(allows_loopback=allows_loopback),
    )


# Its debug lines hold whole answers' headers, and with them redirects and cookies.
logging.getLogger("httpcore2").setLevel(logging.WARNING)

# A child process must not talk on its parent's connections.
os.register_at_fork(after_in_child=_pools.clear)
