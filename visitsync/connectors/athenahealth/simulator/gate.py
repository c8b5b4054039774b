"""Who gets in: the token and how often it may be asked for, requests per second and per day (sections 2, 4 and 5)."""

from __future__ import annotations

import base64
import secrets
import time
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from visitsync.connectors.athenahealth.simulator.settings import CREDENTIALS
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_html, as_json
from visitsync.simulator_kit.faults import Faults

LIFETIME = timedelta(hours=1)
SCOPE = "athena/service/Athenanet.MDP."
Headers = tuple[tuple[str, str], ...]


class TokenDesk:
    """Gives tokens to whoever has the key's secret, so many a minute; each lives an hour."""

    def __init__(self, clock: Clock, faults: Faults, variants: Mapping[str, str]) -> None:
        self._clock = clock
        self._faults = faults
        self._variants = variants
        self._minute: datetime | None = None
        self._used = 0
        self._alive: dict[str, datetime] = {}

    def answer(self, request: Request) -> Response:
        """POST /oauth2/v1/token."""
        if self._faults.take("token_throttled", request) or not self._count():
            return Response(status=429, body=b"Too Many Requests", content_type="text/plain", headers=self._headers())
        if self._faults.take("refresh_fails", request) or not _is_the_key(request):
            return as_json({"error": "invalid_client"}, 401)
        form = request.form
        if form.get("grant_type") != "client_credentials" or SCOPE not in form.get("scope", ""):
            return as_json({"error": "invalid_scope"}, 400)
        token = secrets.token_urlsafe(24)
        self._alive[token] = self._clock() + LIFETIME
        lifetime = {"text": "3600", "number": 3600}.get(self._variants["expires_in"])
        told = {"access_token": token} | ({} if lifetime is None else {"expires_in": lifetime})
        return as_json(told, headers=self._headers())

    def knows(self, request: Request) -> bool:
        """Whether a request carries a token that lives."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and self._alive.get(token, self._clock()) > self._clock()

    def expire_all(self) -> None:
        """All tokens stop working now."""
        self._alive.clear()

    def _count(self) -> bool:
        minute = self._clock().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += 1
        return self._used <= self._most

    @property
    def _most(self) -> int:
        most = self._variants["token_calls_per_minute"]
        return 1_000_000 if most == "none" else int(most)

    def _headers(self) -> Headers:
        left = max(0, self._most - self._used)
        return (("X-RateLimit-Limit", str(self._most)), ("X-RateLimit-Remaining", str(left)))


class Quota:
    """So many calls per second and per day, which ends at midnight GMT."""

    def __init__(self, clock: Clock, variants: Mapping[str, str]) -> None:
        self._clock = clock
        self._per_second = _limit(variants["calls_per_second"])
        self._per_day = _limit(variants["calls_per_day"])
        self._form = variants["throttled_answer"]
        self._day: datetime | None = None
        self._recent: deque[tuple[datetime, float]] = deque()
        self.used = 0

    def refusal(self) -> Response | None:
        """Counts one call; the answer to one that is too many."""
        now, tick = self._clock(), time.monotonic()
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if day != self._day:
            self._day, self.used = day, 0
        if self._per_day is not None and self.used >= self._per_day:
            return self.throttled("day")
        if self._per_second is not None and self._is_burst(now, tick, self._per_second):
            return self.throttled("second")
        self.used += 1
        return None

    def throttled(self, quota: str) -> Response:
        """Plain text and no Retry-After; or the page of the gateway of before 2022."""
        if self._form == "429":
            return Response(
                status=429,
                body=b"Rate limit exceeded.",
                content_type="text/plain",
                headers=self.headers(quota == "day"),
            )
        words = "Rate" if quota == "day" else "Qps"
        code = f"ERR_403_DEVELOPER_OVER_{words.upper()}"
        wait = "3600" if quota == "day" else "1"
        told = (("X-Mashery-Error-Code", code), ("Retry-After", wait))
        return as_html(f"<h1>Developer Over {words}</h1>", 403, told)

    def headers(self, is_used_up: bool = False) -> Headers:
        """What every answer says of the day."""
        most = self._per_day or 1_000_000
        left = 0 if is_used_up else max(0, most - self.used)
        return (("X-RateLimit-Limit", str(most)), ("X-RateLimit-Remaining", str(left)))

    def _is_burst(self, now: datetime, tick: float, limit: int) -> bool:
        """By the simulator's clock and by the real one: a second must have passed on neither."""
        recent = self._recent
        while recent and (now - recent[0][0] >= timedelta(seconds=1) or tick - recent[0][1] >= 1.0):
            recent.popleft()
        if len(recent) >= limit:
            return True
        recent.append((now, tick))
        return False


def refused(error: str, status: int, **more: object) -> Response:
    """An error of the backend: JSON after some blank lines."""
    answer = as_json({**more, "error": error}, status)
    return answer.but(body=b"\n\n\n" + answer.body)


def unauthorized() -> Response:
    """The gateway's word about a dead token; nobody recorded more of it."""
    return Response(status=401, body=b"Unauthorized", content_type="text/plain")


def no_such_address() -> Response:
    """Plain text that claims to be JSON."""
    return Response(status=404, body=b"Service not registered with API gateway.")


def _is_the_key(request: Request) -> bool:
    pair = f"{CREDENTIALS['client_id']}:{CREDENTIALS['client_secret']}".encode()
    return request.headers.get("authorization") == f"Basic {base64.b64encode(pair).decode()}"


def _limit(variant: str) -> int | None:
    return None if variant == "none" else int(variant)
