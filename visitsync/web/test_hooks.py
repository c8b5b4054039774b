"""DrChrono's webhooks: handshake, signature, stored before acknowledged, only a hint; nothing else gets in."""

import hashlib
import hmac
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.test import Client

from visitsync.storage import practices, quarantine
from visitsync.storage.database import Database
from visitsync.storage.vault import Vault
from visitsync.sync.engine import Engine
from visitsync.web.conftest import NOW, SECRET, Hooked
from visitsync.web.hook_token import hook_token, ids_in
from visitsync.web.hooks import LARGEST_BODY
from visitsync.web.parts import Parts, give

APPOINTMENT = {"receiver": {"id": 5}, "object": {"id": "910000231", "doctor": 300101, "office": 270010}}


def _deliver(
    client: Client, address: str, body: Any = APPOINTMENT, *, secret: str = SECRET, event: str = "APPOINTMENT_MODIFY",
    delivery: str = "d-1",
) -> int:  # fmt: skip
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    headers = {"x-drchrono-event": event, "x-drchrono-signature": secret, "x-drchrono-delivery": delivery}
    return client.post(address, data=raw, content_type="application/json", headers=headers).status_code


def _wanted(database: Database, hooked: Hooked) -> list[tuple[Any, ...]]:
    with database.practice(hooked.practice_id) as transaction:
        return transaction.execute("select kind, wanted_id from wanted order by 1, 2").fetchall()


def _jobs(database: Database) -> list[tuple[Any, ...]]:
    with database.shared() as connection:
        return connection.execute("select task_name, args->>'connection_id' from procrastinate_jobs").fetchall()


def _intake(database: Database, hooked: Hooked) -> int:
    with database.practice(hooked.practice_id) as transaction:
        row = transaction.execute("select count(*) from intake where source = 'webhook'").fetchone()
    return int(row[0]) if row else 0


def test_the_handshake_proves_that_we_know_the_secret_and_repeats_nothing(client: Client, hooked: Hooked) -> None:
    answer = client.get(hooked.address, {"msg": "a-message"})
    expected = hmac.new(SECRET.encode(), b"a-message", hashlib.sha256).hexdigest()
    assert answer.status_code == 200
    assert answer.json() == {"secret_token": expected}
    assert client.get(hooked.address).status_code == 400
    assert client.get(hooked.address, {"msg": "x" * 5000}).status_code == 400


def test_a_delivery_is_stored_and_its_record_is_wanted_and_a_job_put_in(
    client: Client, database: Database, hooked: Hooked
) -> None:
    assert _deliver(client, hooked.address) == 200
    assert _intake(database, hooked) == 1
    assert _wanted(database, hooked) == [("appointment", "910000231")]
    assert _jobs(database) == [("take_hints", str(hooked.connection_id))]


def test_the_same_delivery_again_is_acknowledged_and_changes_nothing(
    client: Client, database: Database, hooked: Hooked
) -> None:
    _deliver(client, hooked.address)
    with database.practice(hooked.practice_id) as transaction:
        transaction.execute("delete from wanted")
    assert _deliver(client, hooked.address) == 200
    assert (_intake(database, hooked), _wanted(database, hooked)) == (1, [])


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET.upper(), SECRET + " x", "sha1=" + SECRET])
def test_without_the_right_signature_nothing_is_stored(
    secret: str, client: Client, database: Database, hooked: Hooked
) -> None:
    assert _deliver(client, hooked.address, secret=secret) == 401
    assert (_intake(database, hooked), _wanted(database, hooked), _jobs(database)) == (0, [], [])


def test_a_digest_counts_only_where_the_practice_chose_so(client: Client, database: Database, hooked: Hooked) -> None:
    raw = msgspec.json.encode(APPOINTMENT)
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    assert _deliver(client, hooked.address, raw, secret=digest) == 401
    with database.practice(hooked.practice_id) as transaction:
        practices.change_connection(transaction, hooked.connection_id, settings={"webhook_signature": "secret or hmac"})
    assert _deliver(client, hooked.address, raw, secret=digest) == 200


def test_field_values_of_a_delivery_have_no_effect(client: Client, database: Database, hooked: Hooked) -> None:
    forged = {"object": {"id": "910000231", "status": "Cancelled", "practice_id": str(uuid4()), "patient": 1}}
    assert _deliver(client, hooked.address, forged) == 200
    assert _wanted(database, hooked) == [("appointment", "910000231")]


def test_a_patient_whom_no_appointment_needs_is_not_read(client: Client, database: Database, hooked: Hooked) -> None:
    assert _deliver(client, hooked.address, {"object": {"id": 88000417}}, event="PATIENT_MODIFY") == 200
    assert (_wanted(database, hooked), _jobs(database)) == ([], [])


def test_a_ping_is_acknowledged(client: Client, database: Database, hooked: Hooked) -> None:
    assert _deliver(client, hooked.address, {"object": {}}, event="PING") == 200
    assert _jobs(database) == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'{"object": 5}', b"<html></html>", b"[" * 100_000])
def test_a_delivery_that_makes_no_sense_is_set_aside_and_acknowledged(
    body: bytes, client: Client, database: Database, hooked: Hooked
) -> None:
    assert _deliver(client, hooked.address, body) == 200
    with database.practice(hooked.practice_id) as transaction:
        held = quarantine.unresolved(transaction, hooked.connection_id)
    assert [one.kind for one in held] == ["webhook"]


def test_a_body_that_is_too_large_or_of_unknown_length_is_refused_unread(
    client: Client, database: Database, hooked: Hooked
) -> None:
    assert _deliver(client, hooked.address, b"x" * (LARGEST_BODY + 1)) == 413
    assert _deliver(client, hooked.address, b"") == 411
    assert _intake(database, hooked) == 0


def test_addresses_that_are_not_ours_all_look_the_same(client: Client, database: Database, hooked: Hooked) -> None:
    with database.practice(hooked.practice_id) as transaction:
        kareo = practices.add_connection(transaction, emr="kareo", base_url="https://webservice.kareo.com")
        bare = practices.add_connection(transaction, emr="drchrono", base_url="https://app.drchrono.com")
    token = hook_token(hooked.practice_id, hooked.connection_id)
    strangers = [
        f"/hooks/drchrono/{hook_token(uuid4(), hooked.connection_id)}",
        f"/hooks/drchrono/{hook_token(hooked.practice_id, uuid4())}",
        f"/hooks/drchrono/{hook_token(hooked.practice_id, kareo)}",
        f"/hooks/drchrono/{hook_token(hooked.practice_id, bare)}",
        f"/hooks/kareo/{token}",
        f"/hooks/nobody/{token}",
        f"/hooks/drchrono/{token[:-1]}",
        f"/hooks/drchrono/{token}A",
        "/hooks/drchrono/x",
    ]
    answers = {(one.status_code, one.content) for one in (client.post(path) for path in strangers)}
    assert answers == {(404, b'{"error": "not found"}')}


def test_without_the_database_the_emr_is_told_to_come_again(client: Client, hooked: Hooked, vault: Vault) -> None:
    with Database("postgresql://nobody@127.0.0.1:1/nothing", wait_seconds=0.5) as gone:
        give(Parts(engine=Engine(database=gone, vault=vault, clock=lambda: NOW)))
        assert _deliver(client, hooked.address) == 503


def test_a_token_carries_both_ids_and_nothing_else_is_one() -> None:
    practice_id, connection_id = uuid4(), uuid4()
    token = hook_token(practice_id, connection_id)
    assert len(token) == 43
    assert ids_in(token) == (practice_id, connection_id)
    assert [ids_in(text) for text in ("", "é", token[:-1], token + "=", token.replace(token[0], "!", 1))] == [None] * 5
