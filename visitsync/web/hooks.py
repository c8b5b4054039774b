"""Where EMRs push: the verification handshake, and deliveries that are stored before they are acknowledged.

A delivery is only a hint where to look; nothing in it is believed.
"""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from uuid import UUID

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from visitsync.connector_kit.errors import AnswerUnreadable, NeedsReconnect
from visitsync.connectors import supported_emrs
from visitsync.storage import practices
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import StorageUnavailable
from visitsync.storage.practices import NoSuchConnection, StoredConnection
from visitsync.sync import hints
from visitsync.sync.jobs import take_hints_now
from visitsync.web.errors import refusal
from visitsync.web.hook_token import ids_in
from visitsync.web.parts import parts

log = structlog.get_logger()

LARGEST_BODY = 1_000_000
"""Bytes; a delivery carries one record."""


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """The connection that an address is for, and the secret that its deliveries prove themselves by."""

    practice_id: UUID
    connection: StoredConnection
    webhooks: ModuleType
    """The connector's own webhook.py."""
    secret: str


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, emr: str, token: str) -> HttpResponse:
    """GET is the EMR's handshake, POST a delivery."""
    try:
        receiver = _receiver(emr, token)
        if receiver is None:
            return refusal(404, "not found")
        return _handshake(request, receiver) if request.method == "GET" else _delivery(request, receiver)
    except StorageUnavailable as error:
        log.warning("a delivery could not be kept", emr=emr, exc_info=error)
        return refusal(503, "try again later")


def _handshake(request: HttpRequest, receiver: Receiver) -> HttpResponse:
    answer = receiver.webhooks.challenge_answer(request.GET.get("msg", ""), receiver.secret)
    return refusal(400, "no message") if answer is None else JsonResponse(answer)


def _delivery(request: HttpRequest, receiver: Receiver) -> HttpResponse:
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        return refusal(411, "length required")
    if int(length) > LARGEST_BODY:
        return refusal(413, "too large")
    body, headers = request.body, {name.lower(): value for name, value in request.headers.items()}
    accepts_digest = receiver.connection.settings.get("webhook_signature") == "secret or hmac"
    if not receiver.webhooks.is_genuine(headers, body, [receiver.secret], accepts_digest=accepts_digest):
        log.warning("a delivery without the right signature", **_ids(receiver))
        return refusal(401, "signature")
    is_news = _keep(receiver, headers, body)
    log.info("delivery kept", **_ids(receiver), bytes=len(body), changed=is_news)
    return JsonResponse({"status": "kept"})


def _keep(receiver: Receiver, headers: Mapping[str, str], body: bytes) -> bool:
    """Bytes, what they point at and the job that looks there, in one transaction; acknowledged after its commit."""
    delivery_id, found = _hints(receiver, headers, body)
    with parts().database.practice(receiver.practice_id) as transaction:
        is_news = hints.receive(
            transaction,
            parts().vault,
            receiver.connection.connection_id,
            body=body,
            media_type=headers.get("content-type", "")[:100],
            delivery_id=delivery_id,
            hints=found,
            now=parts().clock(),
        )
        if is_news:
            take_hints_now(transaction.connection, receiver.practice_id, receiver.connection.connection_id)
    return is_news


def _hints(receiver: Receiver, headers: Mapping[str, str], body: bytes) -> tuple[str | None, list[hints.Hint] | None]:
    try:
        hint = receiver.webhooks.read_hint(headers, body)
    except AnswerUnreadable:
        return None, None
    if hint.kind is None or hint.record_id is None:
        return hint.delivery_id, []
    return hint.delivery_id, [hints.Hint(kind=hint.kind, id=hint.record_id)]


def _receiver(emr: str, token: str) -> Receiver | None:
    """None for whatever is not exactly one of our addresses; all such answers look the same."""
    ids, webhooks = ids_in(token), _webhooks_of(emr)
    if ids is None or webhooks is None:
        return None
    practice_id, connection_id = ids
    try:
        with parts().database.practice(practice_id) as transaction:
            connection = practices.find_connection(transaction, connection_id)
        credentials = StoredCredentials(
            parts().database, parts().vault, practice_id=practice_id, connection_id=connection_id
        ).read()
    except (NoSuchConnection, NeedsReconnect):
        return None
    secret = credentials.get("webhook_secret", "")
    if connection.emr != emr or not secret:
        return None
    return Receiver(practice_id=practice_id, connection=connection, webhooks=webhooks, secret=secret)


def _webhooks_of(emr: str) -> ModuleType | None:
    if emr not in supported_emrs():
        return None
    try:
        return import_module(f"visitsync.connectors.{emr}.webhook")
    except ModuleNotFoundError:
        return None


def _ids(receiver: Receiver) -> dict[str, str]:
    return {
        "emr": receiver.connection.emr,
        "practice": str(receiver.practice_id),
        "connection": str(receiver.connection.connection_id),
    }
