"""A practice connected to one pretend EMR, and what its admin does; whatever it is asked, the product answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from tests.nothing_lost.clinics import MONDAY, Desk, ticking_from
from tests.nothing_lost.house import House
from tests.nothing_lost.pushed_house import PushedHouse
from tests.nothing_lost.vendors import PUSHING, VENDORS
from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.practice import CatalogEntry
from visitsync.simulator_kit.clinic import Clinic
from visitsync.storage import catalog, practice_settings, practices, staff
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState
from visitsync.storage.staff import StaffMember
from visitsync.sync.answers import Answer, Answers, answer
from visitsync.sync.recheck import recheck_for_setting
from visitsync.sync.report import SyncReport

ALL = {**VENDORS, **PUSHING}
EMRS = tuple(VENDORS)
"""Those that are asked."""
SETTLED = timedelta(hours=2)
"""How long a practice has been connected before anything happens: its lists are no news by then."""
CONSULT = "Video Consult"
"""The practice's second approved type, which nothing but scenarios uses."""


class Practice:
    """One type approved, two of three practitioners enabled, everything read once."""

    def __init__(
        self,
        emr: str,
        database_url: str,
        *,
        slug: str,
        opens_at: datetime = MONDAY,
        zone: str = "America/New_York",
        settings: dict[str, str] | None = None,
        **variants: str,
    ) -> None:
        vendor = ALL[emr]
        vendor = msgspec.structs.replace(vendor, settings={**vendor.settings, **(settings or {})})
        desk = Desk(ticking_from(opens_at - SETTLED))
        desk.clinic.zone = zone
        with desk.clinic.editing(stamp=opens_at - timedelta(days=400)):
            desk.clinic.change_location(desk.place, zone=zone)
            for practitioner_id in desk.practitioners:
                desk.clinic.change_practitioner(practitioner_id, zone=zone)
            desk.clinic.add_type(CONSULT)
        kind = PushedHouse if emr in PUSHING else House
        self.house = kind(desk, vendor, **variants)
        self.house.move_in(database_url, slug=slug)
        self.emr = emr
        self.slug = slug
        self.sync()
        self.pass_time(SETTLED)

    @property
    def clinic(self) -> Clinic:
        return self.house.clinic

    @property
    def name_of_emr(self) -> str:
        return self.house.link.manifest.name

    @property
    def connection_id(self) -> UUID:
        return self.house.place.connection_id

    def close(self) -> None:
        """Ends the pretend EMR and lets the database go."""
        self.house.close()

    # --- time passes, somebody asks -------------------------------------------------------------------------------

    def pass_time(self, span: timedelta) -> None:
        self.house.clock.advance(span)

    def sync(self) -> SyncReport:
        """One ordinary turn of a worker."""
        return self.house.sync()

    def later(self, span: timedelta) -> SyncReport:
        """One ordinary turn after that time."""
        self.pass_time(span)
        return self.sync()

    def until(self, is_so: Callable[[], bool], *, within: timedelta = timedelta(hours=2)) -> timedelta:
        """Turns until it is so; how long it took. Raises AssertionError when it takes longer.

        A turn every five minutes; where it may take many hours, every half hour.
        """
        began, pause = self.house.now(), timedelta(minutes=5 if within < timedelta(hours=6) else 30)
        while not is_so():
            assert self.house.now() - began < within, f"not within {within}"
            self.later(pause)
        return self.house.now() - began

    def until_received(self, appointment_id: int) -> None:
        """The next reading brings it; far-off days come within one day."""
        self.sync()
        number = self.house.vendor_id(appointment_id)
        self.until(lambda: bool(self.ask(number).answers), within=timedelta(hours=25))

    def ask(self, query: str) -> Answers:
        """What the product says now, whatever was read until now."""
        with self._transaction() as transaction:
            return answer(transaction, self.house.link.vault, query, now=self.house.now(), next_reads={})

    def why(self, appointment_id: int) -> Answer:
        """The answer about one appointment of the clinic. Raises LookupError where there is none."""
        booked = self.clinic.appointments.get(appointment_id)
        answers = self.ask(self.house.vendor_id(appointment_id)).answers
        starts_at = self.clinic.instant_of(booked) if booked is not None else None
        for one in answers:  # occurrences of a series may share their number
            if len(answers) == 1 or one.start == starts_at:
                return one
        raise LookupError(f"nothing is known of appointment {appointment_id}")

    def codes(self, appointment_id: int) -> list[str]:
        """What is found about an appointment, the leading one first."""
        return codes_of(self.why(appointment_id))

    def chart(self, patient_id: int) -> str:
        """What the EMR calls a patient of the clinic."""
        key = getattr(self.house.app, "patient_key", str)
        return str(key(patient_id))

    def requests(self) -> list[str]:
        """What the EMR was asked so far, by operation."""
        return [one.operation for one in self.house.server.requests]

    # --- what the practice's admin does ---------------------------------------------------------------------------

    def approve(
        self, value: str, *, kind: MarkKind | None = None, is_id: bool = False, spelling_of: str | None = None
    ) -> None:
        with self._transaction() as transaction:
            change = practice_settings.approve(
                transaction, self.connection_id, self._author(), kind=kind or self.house.vendor.mark, value=value,
                is_id=is_id, spelling_of=spelling_of,
            )  # fmt: skip
        self._judge_again(change)

    def withdraw(self, value: str, *, kind: MarkKind | None = None) -> None:
        with self._transaction() as transaction:
            change = practice_settings.withdraw_approval(
                transaction, self.connection_id, self._author(), kind=kind or self.house.vendor.mark, value=value
            )
        self._judge_again(change)

    def listed_as(self, practitioner_id: int) -> str:
        """What the EMR's list calls a practitioner of the clinic. Raises LookupError for one who is not in it."""
        who, listed = self.clinic.practitioners[practitioner_id], self.listed(RecordKind.PRACTITIONER)
        if str(practitioner_id) in listed:
            return str(practitioner_id)
        same = [one.id for one in listed.values() if (who.npi and one.npi == who.npi) or who.last_name in one.name]
        if not same:
            raise LookupError(f"practitioner {practitioner_id} is not in the list")
        return same[-1]

    def enable(self, practitioner_id: int, *, login: StaffMember | None = None, has_login: bool = True) -> None:
        """Switches a practitioner on, with a login of their own unless told otherwise."""
        listed_as = self.listed_as(practitioner_id)
        login = login or (self.add_staff(f"{practitioner_id}@logins.example.org") if has_login else None)
        with self._transaction() as transaction:
            catalog.connect(transaction, self.connection_id, RecordKind.PRACTITIONER, listed_as)
            if login is not None:
                catalog.link_staff(transaction, self.connection_id, listed_as, login.staff_id)
            change = self._note(transaction, "practitioner on")
        self._judge_again(change)

    def connect_location(self, name: str, *, zone: str | None = None) -> None:
        [entry] = catalog.by_name(self.listed(RecordKind.LOCATION), name)
        with self._transaction() as transaction:
            catalog.connect(transaction, self.connection_id, RecordKind.LOCATION, entry.id)
            if zone is not None:
                catalog.set_zone(transaction, self.connection_id, RecordKind.LOCATION, entry.id, zone)
            change = self._note(transaction, "location on")
        self._judge_again(change)

    def set_zone(self, practitioner_id: int, zone: str) -> None:
        with self._transaction() as transaction:
            catalog.set_zone(
                transaction, self.connection_id, RecordKind.PRACTITIONER, self.listed_as(practitioner_id), zone
            )
            change = self._note(transaction, "zone")
        self._judge_again(change)

    def confirm_name(self, name: str, kind: RecordKind = RecordKind.APPOINTMENT_TYPE) -> None:
        listed = self.listed(kind)
        with self._transaction() as transaction:
            for entry in catalog.by_name(listed, name):
                catalog.confirm_name(transaction, self.connection_id, kind, entry.id)
            change = self._note(transaction, "name confirmed")
        self._judge_again(change)

    def change_settings(self, **settings: str) -> None:
        """Settings of the connection; the others stay."""
        with self._transaction() as transaction:
            before = practices.find_connection(transaction, self.connection_id).settings
            practices.change_connection(transaction, self.connection_id, settings={**before, **settings})
            change = self._note(transaction, "settings")
        self._judge_again(change)

    def close_on(self, day: date) -> None:
        with self._transaction() as transaction:
            change = practice_settings.close_on(transaction, self._author(), [day])
        self._judge_again(change)

    def mean(self, status_text: str, status: AppointmentStatus) -> None:
        with self._transaction() as transaction:
            change = practice_settings.mean_status(
                transaction, self.connection_id, self._author(), status_text=status_text, status=status
            )
        self._judge_again(change)

    def link_household(self, patient_ids: Sequence[int]) -> None:
        with self._transaction() as transaction:
            _, change = practice_settings.link_household(
                transaction, self.connection_id, self._author(), [self.chart(one) for one in patient_ids]
            )
        self._judge_again(change)

    def declare_test(self, appointment_id: int) -> None:
        with self._transaction() as transaction:
            change = practice_settings.declare_test_visit(
                transaction, self.connection_id, self._author(), self.house.vendor_id(appointment_id),
                expires_at=self.house.now() + timedelta(days=7),
            )  # fmt: skip
        self._judge_again(change)

    def add_staff(self, email: str) -> StaffMember:
        with self._transaction() as transaction:
            return staff.add_staff(transaction, self.house.link.vault, name="Somebody", email=email, role="x")

    def login_of(self, practitioner_id: int) -> StaffMember:
        """Who sees this practitioner's visits."""
        staff_id = self.listed(RecordKind.PRACTITIONER)[self.listed_as(practitioner_id)].staff_id
        with self._transaction() as transaction:
            members = staff.staff_members(transaction, self.house.link.vault)
        return next(member for member in members if str(member.staff_id) == staff_id)

    def set_state(self, state: ConnectionState, trouble: str | None = None) -> None:
        with self._transaction() as transaction:
            practices.change_state(transaction, self.connection_id, state, trouble=trouble)

    def listed(self, kind: RecordKind) -> dict[str, CatalogEntry]:
        """What is known of the EMR's lists."""
        with self._transaction() as transaction:
            return catalog.entries(transaction, self.connection_id, kind)

    def _transaction(self) -> AbstractContextManager[Transaction]:
        return self.house.database.practice(self.house.place.practice_id)

    def _author(self) -> Author:
        return Author("the practice's admin", self.house.now())

    def _note(self, transaction: Transaction, what: str) -> int:
        return practice_settings.note_change(transaction, self._author(), what)

    def _judge_again(self, change: int) -> None:
        recheck_for_setting(self.house.link, change)


def codes_of(answer: Answer) -> list[str]:
    """What is found, the leading one first."""
    return [words.code for words in answer.explanations]
