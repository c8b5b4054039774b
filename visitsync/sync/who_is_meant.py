"""Which appointment a pushed message means, also where it names it by another number or only in part."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from visitsync.connector_kit.pages import OtherNames
from visitsync.domain.appointment import Appointment
from visitsync.storage import appointments, other_names
from visitsync.sync.judging import Bench
from visitsync.sync.merges import survivors
from visitsync.sync.received import Received

AMBIGUOUS = "more than one appointment may be meant: the message names it neither in full nor by a number of its own"


class Meant(msgspec.Struct, frozen=True):
    """A record and the appointment that it means; `id` is None where several may be."""

    received: Received
    id: str | None


def who_is_meant(bench: Bench, received: Sequence[Received]) -> tuple[list[Meant], dict[str, Appointment]]:
    """What each record means, in order, and the appointments among them that are stored."""
    directory = _Directory(bench, received)
    meant = [Meant(one, directory.find(one)) for one in received]
    other_names.note(bench.transaction, bench.connection_id, directory.learned)
    return meant, directory.stored


class _Directory:
    """Who is called what: as stored, and as the records before have told."""

    def __init__(self, bench: Bench, received: Sequence[Received]) -> None:
        asked = [names for one in received if (names := one.record.other_names) is not None]
        looked_for = {name for names in asked for name in (*names.looked_for, *names.is_called)}
        self._called: dict[str, set[str]] = defaultdict(set)
        for name, identities in other_names.called(bench.transaction, bench.connection_id, looked_for).items():
            self._called[name] |= identities
        ids = {one.record.id for one in received}.union(*self._called.values())
        found = appointments.find(bench.transaction, bench.vault, bench.connection_id, sorted(ids))
        self.stored: dict[str, Appointment] = {one.appointment.id: one.appointment for one in found}
        self._patients: dict[str, str] = {id_: one.patient_id or "" for id_, one in self.stored.items()}
        self.learned: list[tuple[str, str]] = []
        self._survivors = survivors(bench, {names.patient_id for names in asked if names.patient_id})

    def find(self, one: Received) -> str | None:
        """The id of the appointment that is meant; None where it may be several."""
        record, names = one.record, one.record.other_names
        if names is None:
            return record.id
        if record.id in self._patients:
            return self._learn(record.id, names)
        candidates = {id_ for name in names.looked_for for id_ in self._called[name] if self._may_be(id_, names)}
        if len(candidates) > 1:
            return None
        return self._learn(candidates.pop() if candidates else record.id, names)

    def _may_be(self, identity: str, names: OtherNames) -> bool:
        """Two people's appointments may bear the same number; nobody is ever taken for somebody else."""
        patient, named = self._patients.get(identity, ""), names.patient_id
        return not patient or not named or patient in (named, self._survivors.get(named))

    def _learn(self, identity: str, names: OtherNames) -> str:
        if names.patient_id or identity not in self._patients:
            self._patients[identity] = names.patient_id
        for name in names.is_called:
            if identity not in self._called[name]:
                self._called[name].add(identity)
                self.learned.append((name, identity))
        return identity


def as_stored(meant: Sequence[Meant]) -> Mapping[tuple[int, str], str]:
    """(number of the answer, id in the message) → id that we know it by, where the two differ."""
    return {
        (one.received.intake_id, one.received.record.id): one.id
        for one in meant
        if one.id is not None and one.id != one.received.record.id
    }
