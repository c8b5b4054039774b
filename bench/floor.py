"""The bare floor: the same answers fetched, decoded and merged into one flat table each, and nothing else."""

from collections.abc import Sequence
from typing import Any

import httpx2
import msgspec
import psycopg

from bench.pretend import Pretend

APPOINTMENTS = (
    "/api/appointments?date_range=2026-11-16%2F2027-02-13&show_archived=true&page_size=250",
    "/api/appointments?date_range=2027-02-14%2F2027-03-23&show_archived=true&page_size=250",
)
PATIENTS = ("/api/patients?verbose=true&page_size=50",)


class AppointmentRow(msgspec.Struct):
    """The fields of a row that are kept."""

    id: str
    doctor: int
    office: int
    exam_room: int
    patient: int | None
    profile: int | None
    reason: str
    status: str
    notes: str
    scheduled_time: str
    duration: int
    created_at: str
    updated_at: str
    deleted_flag: bool
    appt_is_break: bool
    primary_insurer_name: str


class PatientRow(msgspec.Struct):
    id: int
    first_name: str
    last_name: str
    date_of_birth: str | None
    email: str
    address: str
    city: str | None
    state: str | None
    zip_code: str
    cell_phone: str
    patient_status: str
    updated_at: str


class Envelope(msgspec.Struct):
    results: list[AppointmentRow]
    next: str | None = None


class PatientEnvelope(msgspec.Struct):
    results: list[PatientRow]
    next: str | None = None


def load(pretend: Pretend, token: str, owner_url: str) -> int:
    """Fetches everything and merges it; returns how many rows there were."""
    with psycopg.connect(owner_url) as connection, httpx2.Client(timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        rows = _merge_all(client, connection, pretend.url, APPOINTMENTS, Envelope, AppointmentRow, "floor_appointment")
        return rows + _merge_all(
            client, connection, pretend.url, PATIENTS, PatientEnvelope, PatientRow, "floor_patient"
        )


def _merge_all(
    client: httpx2.Client,
    connection: psycopg.Connection,
    url: str,
    paths: Sequence[str],
    envelope: type[Any],
    row: type[Any],
    table: str,
) -> int:
    columns = row.__struct_fields__
    _prepare(connection, table, columns)
    decode = msgspec.json.Decoder(envelope).decode
    count = 0
    for path in paths:
        following: str | None = f"{url}{path}"
        while following:
            page = decode(client.get(following).content)
            _merge(connection, table, columns, page.results)
            count += len(page.results)
            following = page.next
    return count


def _prepare(connection: psycopg.Connection, table: str, columns: Sequence[str]) -> None:
    definition = ", ".join(f"{name} text" for name in columns)
    connection.execute(f"create table if not exists {table} ({definition}, primary key (id))".encode())
    connection.execute(f"create temp table incoming_{table} ({definition}) on commit delete rows".encode())
    connection.commit()


def _merge(connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    names = ", ".join(columns)
    with connection.cursor().copy(f"copy incoming_{table} ({names}) from stdin".encode()) as copy:
        for row in rows:
            copy.write_row([getattr(row, name) for name in columns])
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id")
    stored = ", ".join(f"{table}.{name}" for name in columns)
    fetched = ", ".join(f"excluded.{name}" for name in columns)
    connection.execute(
        f"""insert into {table} ({names}) select {names} from incoming_{table}
            on conflict (id) do update set {changes} where ({stored}) is distinct from ({fetched})""".encode()
    )
    connection.commit()
