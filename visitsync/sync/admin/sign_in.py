"""Signing in on the EMR's own page: where the admin's browser goes, and what its way back is worth."""

import secrets
from collections.abc import Mapping
from typing import Protocol, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import msgspec

from visitsync.connector_kit.connector import Clock, ConnectionConfig
from visitsync.connector_kit.limits import Budget
from visitsync.connectors import connector_for
from visitsync.storage import practices
from visitsync.sync.admin.connecting import Wish
from visitsync.sync.engine import Engine


class AllowTheAccess(Exception):
    """On the EMR's page the access was not allowed; nothing was saved."""


class SignInAgain(Exception):
    """The way back does not belong to this sign-in; begin anew."""


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that was begun. Keep the state in the admin's session, and compare nothing else."""

    address: str
    """Where the admin's browser goes."""
    state: str

    def __repr__(self) -> str:
        return "SignIn()"


class HasSignInPage(Protocol):
    """What the module of a connector offers besides, whose EMR has a sign-in page (OAuth's authorization code)."""

    def authorization_url(self, base_url: str, *, client_id: str, redirect_uri: str, state: str) -> str: ...

    def exchange_code(
        self,
        config: ConnectionConfig,
        budget: Budget,
        clock: Clock,
        *,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        code: str,
    ) -> dict[str, str]: ...


def has_sign_in_page(emr: str) -> bool:
    """Whether an admin of this EMR signs in on its own page."""
    return hasattr(connector_for(emr), "exchange_code")


def begin_sign_in(wish: Wish) -> SignIn:
    """Where the admin signs in, if there is such a page; `wish.credentials` holds client_id and redirect_uri."""
    state = secrets.token_urlsafe(16)
    address = _page(wish.emr).authorization_url(wish.base_url, **_asked(wish), state=state)
    return SignIn(address=address, state=state)


def finish_sign_in(engine: Engine, practice_id: UUID, wish: Wish, state: str, came_back_to: str) -> Wish:
    """The wish with the tokens that the code is worth, ready for `connect`; call it at once, codes expire in seconds.

    `came_back_to` is the address that the browser was sent to, with its query. Raises AllowTheAccess, SignInAgain,
    NeedsReconnect, TryAgainLater, ForbiddenAddress.
    """
    code = _code_of(came_back_to, state)
    with engine.database.practice(practice_id) as transaction:
        zone = practices.find_practice(transaction).zone
    identity = wish.connection_id or uuid4()
    config = ConnectionConfig(
        connection_id=str(identity),
        base_url=wish.base_url,
        settings=wish.settings,
        practice_zone=zone,
        allows_loopback=engine.allows_loopback,
    )
    budget = engine.budget(wish.emr, identity, wish.credentials)
    tokens: Mapping[str, str] = _page(wish.emr).exchange_code(
        config, budget, engine.clock, client_secret=wish.credentials["client_secret"], code=code, **_asked(wish)
    )
    return msgspec.structs.replace(wish, credentials={**wish.credentials, **tokens})


def _page(emr: str) -> HasSignInPage:
    return cast(HasSignInPage, connector_for(emr))


def _asked(wish: Wish) -> dict[str, str]:
    return {"client_id": wish.credentials["client_id"], "redirect_uri": wish.credentials.get("redirect_uri", "")}


def _code_of(came_back_to: str, state: str) -> str:
    query = parse_qs(urlsplit(came_back_to.strip()).query)
    if "error" in query:
        raise AllowTheAccess("The access was not allowed. Nothing was saved.")
    given = "".join(query.get("state", []))
    codes = query.get("code", [])
    if not secrets.compare_digest(given.encode(), state.encode()) or len(codes) != 1:
        raise SignInAgain("This address does not belong to this sign-in.")
    return codes[0]
