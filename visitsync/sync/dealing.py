"""Who deals with what needs somebody: told to everybody, and over by itself once nobody is needed any more."""

from collections.abc import Mapping
from datetime import datetime

from visitsync.storage import being_dealt_with
from visitsync.storage.appointment_lists import Key
from visitsync.storage.being_dealt_with import Dealing
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.needs import NeedsAttention


def who_is_on_it(transaction: Transaction, vault: Vault, needs: NeedsAttention, now: datetime) -> Mapping[str, Dealing]:
    """Subject → who deals with it. What is not among the needs any more was mended, which is kept; two queries.

    Where only the nearest were read (`is_cut`), nobody can say so of the others.
    """
    found = being_dealt_with.current(transaction, vault)
    if needs.is_cut:
        return found
    standing = subjects_of(needs)
    being_dealt_with.end_mended(transaction, found.keys() - standing.keys(), now=now)
    return {subject: one for subject, one in found.items() if subject in standing}


def subjects_of(needs: NeedsAttention) -> dict[str, str]:
    """Everything that somebody may deal with → what it is, without patient data."""
    lines = [line for group in needs.groups for line in group.lines]
    singles = {
        subject_of_one(line.key): f"Appointment of {line.day:%b} {line.day.day}, {line.start_text}" for line in lines
    }
    others = {subject_of_one(key): "An appointment" for group in needs.groups for key in group.appointments}
    return others | singles | {group.key: group.title for group in needs.groups}


def subject_of_one(appointment: Key) -> str:
    """The subject that a single appointment is."""
    connection_id, appointment_id = appointment
    return f"{connection_id}/{appointment_id}"
