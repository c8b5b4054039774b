"""The suite for EMRs that push: what their messages come to is the clinic's truth, however they arrive.

class TestHl7(PushConformance):
    emr = "hl7v2"
    variants = {"reschedule": "S15 and S12"}  # habits of the pretend sender
    settings = {}  # what the connection must be told about them
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, ClassVar

import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.push_trial import PushTrial, edited
from visitsync.connector_kit.conformance.trial import NOON
from visitsync.connector_kit.errors import ConnectorError
from visitsync.connector_kit.manifest import Feed
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.domain.appointment import Appointment, AppointmentStatus
from visitsync.domain.local_time import Clarity
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.staging import TELEMEDICINE, a_booking, a_patient, the_location, the_practitioner

AUTUMN, SPRING = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 3, 14, tzinfo=UTC)
CANARY = "Zyxcanary"
ODD_NAMES = (
    "O'Brien",
    "null",
    "李小龙",
    "Ñandú Œuvre",
    "👩🏽‍⚕️ Emoji",
    "<b> & |^~\\&",
    "two  spaces",
    "back\\slash",
    "A|B^C~D&E",
)


class PushConformance:
    """What every connector that is pushed to must do. Name the test class `Test…`."""

    emr: ClassVar[str]
    variants: ClassVar[Mapping[str, str]] = {}
    settings: ClassVar[Mapping[str, str]] = {}
    names: ClassVar[tuple[str, ...]] = ODD_NAMES
    """Names that this sender can write."""
    shows_blocks: ClassVar[bool] = True
    """Whether entries without a patient are sent at all."""
    is_ordered_by_second: ClassVar[bool] = True
    """Whether a later message always shows a later time, so that arrival need not count."""

    def trial(self, **given: Any) -> PushTrial:
        """A trial of this sender."""
        given["variants"] = {**self.variants, **given.get("variants", {})}
        given["settings"] = {**self.settings, **given.get("settings", {})}
        return PushTrial(self.emr, **given)

    def test_the_manifest_says_that_it_is_pushed_to(self) -> None:
        manifest = self.trial().module.MANIFEST
        assert manifest.feed is Feed.PUSH
        assert not manifest.is_listed
        assert not manifest.reads_single

    # --- the truth -----------------------------------------------------------------------------------

    def test_everything_that_a_clinic_holds_is_understood(self) -> None:
        trial = self.trial(clinic=a_clinic(appointments=150))
        trial.take_in_all()
        assert _astray(self, trial) == []
        assert trial.known.unreadable == []
        assert {reception.refusal for reception in trial.receptions} == {""}

    def test_every_edit_is_followed(self) -> None:
        trial = self.trial()
        _a_day_of_edits(trial)
        trial.take_in_all()
        assert _astray(self, trial) == []
        assert trial.known.unreadable == []

    def test_every_message_sent_twice_makes_no_difference(self) -> None:
        trial = self.trial()
        _a_day_of_edits(trial)
        letters = trial.sender.take_all()
        trial.take_in(body for letter in letters for body in (letter.body, letter.body))
        assert _astray(self, trial) == []
        first, again = trial.receptions[0], trial.receptions[1]
        assert first.delivery_id == again.delivery_id

    def test_a_whole_day_replayed_ends_in_the_same_state(self) -> None:
        trial = self.trial()
        _a_day_of_edits(trial)
        letters = trial.sender.take_all()
        for letter in letters * 2:
            reception = trial.receive(letter.body)
            if reception.page is not None:
                trial.fold(reception.page)  # as if no delivery had been remembered
        trial.take_in([])
        assert _astray(self, trial) == []

    @pytest.mark.parametrize("seed", range(6))
    def test_messages_in_any_order_end_in_the_same_state(self, seed: int) -> None:
        trial = self.trial()
        _a_day_of_edits(trial)
        letters = trial.sender.take_all()
        Random(seed).shuffle(letters)
        trial.take_in(letter.body for letter in letters)
        assert _astray(self, trial) == []

    def test_patients_after_their_appointments_are_as_good_as_before(self) -> None:
        trial = self.trial()
        _a_day_of_edits(trial)
        letters = trial.sender.take_all()
        trial.take_in(letter.body for letter in sorted(letters, key=lambda letter: letter.kind == "ADT"))
        assert _astray(self, trial) == []

    # --- what single messages mean ---------------------------------------------------------------------

    def test_a_cancellation_is_known_and_taken_back(self) -> None:
        trial = self.trial()
        booked = a_booking(trial.clinic)
        for verb, status in (
            (trial.clinic.cancel, AppointmentStatus.CANCELLED),
            (trial.clinic.uncancel, AppointmentStatus.BOOKED),
            (trial.clinic.no_show, AppointmentStatus.NO_SHOW),
        ):
            edited(trial, [lambda clinic, verb=verb: verb(booked.id)])
            trial.take_in_all()
            assert self._known(trial, booked.id).status is status

    def test_a_booking_that_comes_after_its_cancellation_does_not_book(self) -> None:
        trial = self.trial()
        booked = a_booking(trial.clinic)
        edited(trial, [lambda clinic: clinic.cancel(booked.id)])
        first, *_, last = [letter for letter in trial.sender.take_all() if letter.kind == "SIU"]
        trial.take_in([last.body, first.body])
        known = self._known(trial, booked.id)
        assert known.status is AppointmentStatus.CANCELLED
        assert known.start.wall == booked.start
        assert known.marks

    def test_a_deletion_that_comes_first_stays(self) -> None:
        trial = self.trial()
        booked = a_booking(trial.clinic)
        edited(trial, [lambda clinic: clinic.archive(booked.id)])
        letters = [letter.body for letter in trial.sender.take_all() if letter.kind == "SIU"]
        trial.take_in(reversed(letters))
        assert trial.app.vendor_id(booked.id) not in trial.known.living()

    def test_an_appointment_that_gets_a_new_id_is_one_chain(self) -> None:
        trial = self.trial()
        old = a_booking(trial.clinic)
        trial.take_in_all()
        edited(trial, [lambda clinic: clinic.rebook(old.id, start=old.start + timedelta(days=3))])
        trial.take_in_all()
        (new,) = [each for each in trial.clinic.appointments if each.moved_from == old.id]
        assert self._known(trial, old.id).status is AppointmentStatus.CANCELLED
        assert self._known(trial, new.id).start.wall == new.start
        linked = self._known(trial, new.id).replaces_id
        assert linked in (None, trial.app.vendor_id(old.id))
        assert self._known(trial, old.id).replaced_by_id in (None, trial.app.vendor_id(new.id))

    def test_people_of_a_group_are_all_known(self) -> None:
        trial = self.trial()
        others = (a_patient(trial.clinic), a_patient(trial.clinic))
        booked = a_booking(trial.clinic, other_patient_ids=tuple(each.id for each in others))
        trial.take_in_all()
        known = self._known(trial, booked.id)
        assert known.is_group
        assert known.other_patient_ids == tuple(trial.sender.patient_key(each.id) for each in others)

    def test_who_and_where_and_what_are_learned_from_messages(self) -> None:
        trial = self.trial()
        booked = a_booking(trial.clinic)
        trial.take_in_all()
        known = self._known(trial, booked.id)
        who, where = the_practitioner(trial.clinic), the_location(trial.clinic)
        assert who.last_name in trial.lists[RecordKind.PRACTITIONER][known.practitioner_id or ""].name
        assert known.location_id in trial.lists[RecordKind.LOCATION]
        assert where.name in {each.name for each in trial.lists[RecordKind.LOCATION].values()}
        assert TELEMEDICINE in {each.name for each in trial.lists[RecordKind.APPOINTMENT_TYPE].values()}

    # --- patients --------------------------------------------------------------------------------------

    def test_a_chart_is_understood_with_what_the_rules_need(self) -> None:
        trial = self.trial()
        patient = a_patient(trial.clinic)
        trial.take_in_all()
        known = trial.known.patients[trial.sender.patient_key(patient.id)]
        assert (known.first_name, known.last_name) == (patient.first_name, patient.last_name)
        assert known.email == patient.email
        assert known.date_of_birth == patient.birth_date
        assert (known.address.line, known.address.city) == (patient.address, patient.city)
        assert (known.address.state, known.address.postal_code) == (patient.state, patient.postal_code)
        assert known.phones == (patient.mobile_phone,)

    def test_a_corrected_address_is_known(self) -> None:
        trial = self.trial()
        patient = a_booking(trial.clinic).patient_id or 0
        edited(trial, [lambda clinic: clinic.change_patient(patient, email="corrected@example.net")])
        trial.take_in_all()
        assert trial.known.patients[trial.sender.patient_key(patient)].email == "corrected@example.net"

    def test_an_address_that_was_taken_away_is_gone(self) -> None:
        trial = self.trial()
        patient = a_patient(trial.clinic)
        trial.take_in_all()
        edited(trial, [lambda clinic: clinic.change_patient(patient.id, email="", birth_date=None)])
        trial.take_in_all()
        known = trial.known.patients[trial.sender.patient_key(patient.id)]
        assert (known.email, known.date_of_birth) == ("", None)
        assert known.last_name == patient.last_name

    def test_an_older_message_about_a_chart_turns_nothing_back(self) -> None:
        trial = self.trial()
        patient = a_patient(trial.clinic)
        edited(trial, [lambda clinic: clinic.change_patient(patient.id, email="newer@example.net")])
        letters = [letter.body for letter in trial.sender.take_all()]
        trial.take_in(reversed(letters))
        assert trial.known.patients[trial.sender.patient_key(patient.id)].email == "newer@example.net"

    def test_a_merged_chart_leads_to_the_one_that_stays(self) -> None:
        trial = self.trial()
        kept, gone = a_patient(trial.clinic), a_patient(trial.clinic)
        booked = a_booking(trial.clinic, patient=gone)
        trial.take_in_all()
        merge = lambda clinic: clinic.merge_patients(kept=kept.id, gone=gone.id, move_appointments=False)  # noqa: E731
        edited(trial, [merge])
        trial.take_in_all()
        merged = trial.known.patients[trial.sender.patient_key(gone.id)]
        assert merged.status is PatientStatus.MERGED
        assert merged.merged_into_id == trial.sender.patient_key(kept.id)
        assert self._known(trial, booked.id).patient_id == trial.sender.patient_key(kept.id)

    def test_names_come_through_as_they_are(self) -> None:
        trial = self.trial()
        patients = [a_patient(trial.clinic, first_name=name, last_name=f"{name} II") for name in self.names]
        trial.take_in_all()
        for patient in patients:
            known = trial.known.patients[trial.sender.patient_key(patient.id)]
            assert (known.first_name, known.last_name) == (patient.first_name, patient.last_name)

    # --- time ------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("change", [AUTUMN, SPRING])
    @pytest.mark.parametrize("zone", ["America/New_York", "America/Phoenix", "Pacific/Honolulu"])
    def test_days_around_a_change_of_the_clocks_start_at_their_true_moment(self, change: datetime, zone: str) -> None:
        clinic = Clinic(clock=VirtualClock.frozen_at(change - timedelta(days=4)), zone=zone)
        trial = self.trial(clinic=clinic)
        for day in range(8):
            for hour in (0, 9, 16, 23):
                a_booking(clinic, start=_wall(change, day - 3, hour))
        trial.take_in_all()
        assert _astray(self, trial) == []
        assert all(each.start.clarity is Clarity.CERTAIN for each in trial.known.living().values())

    @pytest.mark.parametrize(("change", "hour"), [(AUTUMN, 1), (SPRING, 2)])
    def test_a_doubtful_wall_time_is_never_guessed_at(self, change: datetime, hour: int) -> None:
        clinic = Clinic(clock=VirtualClock.frozen_at(change - timedelta(days=4)))
        trial = self.trial(clinic=clinic)
        booked = a_booking(clinic, start=_wall(change, 0, hour).replace(minute=30))
        trial.take_in_all()
        known = self._known(trial, booked.id)
        # A sender that writes offsets, or UTC, leaves no doubt.
        assert known.start.clarity is not Clarity.CERTAIN or known.start.instant == clinic.instant_of(booked)

    def test_stamps_are_the_moments_they_stand_for(self) -> None:
        for now in (NOON, datetime(2027, 7, 6, 15, 30, tzinfo=UTC)):
            clinic = Clinic(clock=VirtualClock.frozen_at(now))
            trial = self.trial(clinic=clinic)
            booked = a_booking(clinic)
            edited(trial, [lambda clinic: clinic.set_status(booked.id, "confirmed")], seconds=7200)  # noqa: B023
            trial.take_in_all()
            known = self._known(trial, booked.id)
            assert known.booked_at in (None, now)
            assert known.changed_at == now + timedelta(hours=2)

    def test_order_holds_through_the_hour_that_the_clocks_repeat(self) -> None:
        clinic = Clinic(clock=VirtualClock.frozen_at(AUTUMN.replace(hour=5, minute=20)))
        trial = self.trial(clinic=clinic)
        booked = a_booking(clinic, in_days=5)
        for number in range(13):
            trial.clock.advance(timedelta(minutes=7))
            (clinic.cancel if number % 2 == 0 else clinic.uncancel)(booked.id)
            trial.take_in_all()
            wanted = AppointmentStatus.CANCELLED if number % 2 == 0 else AppointmentStatus.BOOKED
            assert self._known(trial, booked.id).status is wanted

    # --- trouble ---------------------------------------------------------------------------------------

    @pytest.mark.parametrize("seed", range(4))
    def test_a_spoilt_message_is_refused_or_set_aside_and_never_breaks_anything(self, seed: int) -> None:
        random = Random(seed)
        trial = self.trial()
        _a_day_of_edits(trial)
        for letter in trial.sender.take_all():
            for _ in range(6):
                _swallow(trial, _spoilt(letter.body, random))

    def test_what_is_no_message_is_refused(self) -> None:
        trial = self.trial()
        for body in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 50, b"{}", b"<xml/>", b"MSH", b"MSHabc", b"PID|1||5"):
            reception = trial.receive(body)
            assert reception.page is None
            assert reception.refusal
            assert reception.answer

    def test_patients_show_in_no_answer_refusal_or_name_of_things(self) -> None:
        trial = self.trial()
        patient = a_patient(trial.clinic, first_name=CANARY, last_name=CANARY, email=f"{CANARY.lower()}@example.net")
        a_booking(trial.clinic, patient=patient, note=f"{CANARY} asks for a zoom call")
        random = Random(1)
        said: list[str] = []
        for letter in trial.take_in_all():
            bodies = [letter.body, *(_spoilt(letter.body, random) for _ in range(40))]
            said += [text for body in bodies for text in _said_of(trial, body)]
        said += [repr(each) for each in trial.known.patients.values()]
        said += [repr(each) for each in trial.known.appointments.values()]
        assert [text[:200] for text in said if CANARY.lower() in text.lower()] == []

    def test_security_numbers_are_not_kept(self) -> None:
        trial = self.trial()
        a_patient(trial.clinic)
        (letter,) = [each for each in trial.sender.take_all() if each.kind == "ADT"]
        separator = letter.body[3:4]
        lines = letter.body.replace(b"\r\n", b"\r").replace(b"\n", b"\r").split(b"\r")
        for number, line in enumerate(lines):
            if line.startswith(b"PID"):
                fields = line.split(separator)
                fields[19:20] = [b"078051120"]
                lines[number] = separator.join(fields)
        reception = trial.receive(b"\r".join(lines))
        assert reception.page is not None
        records = [each for each in trial.translator.split(reception.page) if isinstance(each, RawRecord)]
        assert records
        assert all(b"078051120" not in trial.translator.without_secrets(each) for each in records)
        assert any(trial.translator.patient(each, trial.context).last_name for each in records)

    def _known(self, trial: PushTrial, appointment_id: int) -> Appointment:
        return trial.known.appointments[trial.app.vendor_id(appointment_id)]


def a_clinic(*, appointments: int, seed: int = 7) -> Clinic:
    """A clinic with everything odd that real ones have, in one zone."""
    return a_busy_clinic(seed, NOON, appointments=appointments, zones=("America/New_York",))


def _a_day_of_edits(trial: PushTrial) -> None:
    """Bookings and everything that happens to them, each at a second of its own."""
    booked: list[int] = []
    for _ in range(14):
        edited(trial, [lambda clinic: booked.append(a_booking(clinic).id)])
    edited(trial, _edits(booked))


def _edits(booked: list[int]) -> list[Callable[[Clinic], object]]:
    (
        moved,
        cancelled,
        back,
        away,
        retyped,
        rebooked,
        archived,
        deleted,
        confirmed,
        nobody,
        arrived,
        twice,
        merged,
        *_,
    ) = booked
    day = timedelta(days=1)
    return [
        lambda clinic: clinic.move(moved, start=clinic.appointments[moved].start + day),
        lambda clinic: clinic.cancel(cancelled),
        lambda clinic: clinic.cancel(back),
        lambda clinic: clinic.uncancel(back),
        lambda clinic: clinic.no_show(away),
        lambda clinic: clinic.retype(retyped, clinic.add_type("Office Visit").id),
        lambda clinic: clinic.rebook(rebooked, start=clinic.appointments[rebooked].start + 2 * day),
        lambda clinic: clinic.archive(archived),
        lambda clinic: clinic.delete(deleted),
        lambda clinic: clinic.set_status(confirmed, "confirmed"),
        lambda clinic: clinic.set_status(arrived, "arrived"),
        lambda clinic: clinic.move(twice, start=clinic.appointments[twice].start + day),
        lambda clinic: clinic.move(twice, practitioner_id=clinic.add_practitioner("Leopold", "Tran").id),
        lambda clinic: clinic.move(twice, start=clinic.appointments[twice].start + day),
        lambda clinic: clinic.change_patient(clinic.appointments[moved].patient_id or 0, email="other@example.net"),
        lambda clinic: clinic.merge_patients(
            kept=clinic.appointments[moved].patient_id or 0, gone=clinic.appointments[merged].patient_id or 0
        ),
        lambda clinic: clinic.cancel(nobody),
    ]


def _astray(conformance: PushConformance, trial: PushTrial) -> list[str]:
    """How what is known differs from what is so; blocks only where this sender tells of them."""
    blocks = {trial.app.vendor_id(each.id) for each in trial.clinic.appointments if each.is_block}
    found = differences(trial)  # type: ignore[arg-type] # reads window, app and known, which both kinds of trial have
    return [each for each in found if conformance.shows_blocks or not any(each.startswith(key) for key in blocks)]


def _swallow(trial: PushTrial, body: bytes) -> None:
    """Take in something spoilt: whatever goes wrong must be of our own kinds."""
    reception = trial.receive(body)
    if reception.page is not None:
        try:
            trial.fold(reception.page)
        except ConnectorError:
            return


def _said_of(trial: PushTrial, body: bytes) -> list[str]:
    reception = trial.receive(body)
    said = [reception.answer.decode("latin-1"), reception.refusal, repr(reception.page), reception.delivery_id or ""]
    before = len(trial.known.unreadable)
    if reception.page is not None:
        said += [repr(each) for each in trial.translator.split(reception.page)]
        trial.fold(reception.page)
    return said + [each.reason for each in trial.known.unreadable[before:]]


def _spoilt(body: bytes, random: Random) -> bytes:
    """One thing wrong: bytes changed, cut off, doubled, a field emptied or moved, a line lost."""
    way = random.randrange(6)
    at = random.randrange(len(body))
    if way == 0:
        return body[:at]
    if way == 1:
        return body[:at] + bytes([random.randrange(256)]) + body[at + 1 :]
    if way == 2:
        return body[:at] + body[at:] * 2
    lines = body.replace(b"\r\n", b"\r").replace(b"\n", b"\r").split(b"\r")
    number = random.randrange(len(lines))
    if way == 3 and number:
        return b"\r".join(lines[:number] + lines[number + 1 :])
    separator = body[3:4]
    fields = lines[number].split(separator)
    chosen = random.randrange(len(fields))
    fields[chosen] = random.choice((b"", b'""', b"9" * 60, b"x^y&z~q", b"20269999999999", b"\\X0\\", b"\xff\xfe"))
    lines[number] = separator.join(fields)
    return b"\r".join(lines)


def _wall(day: datetime, days: int, hour: int) -> datetime:
    return (day + timedelta(days=days)).replace(hour=hour, tzinfo=None)
