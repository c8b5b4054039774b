"""Translates pushed messages: into updates of patients and appointments, and folds those over what is known. Pure."""

from collections.abc import Mapping
from datetime import datetime

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.hl7v2.appointments import after_being_replaced, after_news, replaces_parent
from visitsync.connector_kit.hl7v2.identity import Identities, identities_of
from visitsync.connector_kit.hl7v2.layout import as_standard
from visitsync.connector_kit.hl7v2.mentioned import mentions, to_catalog_entry
from visitsync.connector_kit.hl7v2.message import Message, NotReadable, Segment, read_message
from visitsync.connector_kit.hl7v2.naming import naming_of
from visitsync.connector_kit.hl7v2.other_names import names_of_appointment, names_of_parent
from visitsync.connector_kit.hl7v2.people import after_merge, after_update
from visitsync.connector_kit.hl7v2.profile import SenderProfile, profile_for
from visitsync.connector_kit.hl7v2.receiver import ARRIVED
from visitsync.connector_kit.hl7v2.refusals import MERGES, is_of_interest, refusal_of_content
from visitsync.connector_kit.hl7v2.saved_files import page_from_file
from visitsync.connector_kit.hl7v2.schedule import read_news, sent_at
from visitsync.connector_kit.hl7v2.security_numbers import without_security_numbers
from visitsync.connector_kit.hl7v2.splitting import messages_in
from visitsync.connector_kit.pages import FetchedPage, OtherNames, RawRecord, RecordKind, UnreadableRecord
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient
from visitsync.domain.practice import CatalogEntry


class Hl7Translator:
    """Understands the messages of any sender whose habits a profile describes."""

    version = "1"

    def __init__(self, ready: Mapping[str, SenderProfile], usual: SenderProfile) -> None:
        """`ready`: profiles that the setting `profile` may name; `usual`: where it names none."""
        self._ready = ready
        self._usual = usual

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        """What each message mentions, then its patients, then its appointments. Raises AnswerUnreadable."""
        profile = self._profile(page.asked)
        messages = messages_in(page.body)
        if not messages:
            raise AnswerUnreadable("There is no HL7 version 2 message in this.")
        records: list[RawRecord | UnreadableRecord] = []
        for position, body in enumerate(messages):
            try:
                message = read_message(body)
            except NotReadable as error:
                records.append(_unreadable(position, body, str(error)))
                continue
            refusal = refusal_of_content(message, profile)
            if refusal is not None:
                records.append(_unreadable(position, body, refusal.words))
            elif is_of_interest(message, profile):
                records += _records(message, body, profile, page.asked)
        return records

    def appointment_after(
        self, record: RawRecord, context: TranslationContext, known: Appointment | None
    ) -> Appointment | None:
        """None where nothing changes. Raises RecordUnreadable, naming the field; UnknownZone."""
        profile = self._profile(context.settings)
        message = as_standard(_read(record), profile)
        news = read_news(message, profile, context, _arrived(record))
        named = self._named(record, message, profile)
        if named.parent == record.id:
            after = after_being_replaced(record.id, news, known, named.appointment, context.practice_zone)
        else:
            after = after_news(record.id, news, known, profile)
        return None if after == known else after

    def patient_after(self, record: RawRecord, context: TranslationContext, known: Patient | None) -> Patient | None:
        """None where nothing changes. Raises RecordUnreadable."""
        profile, message = self._profile(context.settings), _read(record)
        sent = sent_at(message, profile, context.practice_zone, _arrived(record))
        named = self._named(record, message, profile)
        survivor = _survivor(record.id, message, named)
        if survivor:
            after = after_merge(record.id, survivor, known, sent)
        else:
            after = after_update(record.id, _person(record.id, message, named), message, profile, known, sent)
        return None if after == known else after

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        """The message by itself, as if nothing were known. Raises RecordUnreadable."""
        found = self.appointment_after(record, context, None)
        if found is None:
            raise RecordUnreadable("the message says nothing about an appointment")
        return found

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        """Raises RecordUnreadable: messages say all they know."""
        raise RecordUnreadable("HL7 messages have no details")

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """The message by itself, as if nothing were known. Raises RecordUnreadable."""
        found = self.patient_after(record, context, None)
        if found is None:
            raise RecordUnreadable("the message says nothing about a patient")
        return found

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        """Raises RecordUnreadable."""
        return to_catalog_entry(record)

    def without_secrets(self, record: RawRecord) -> bytes:
        """The message's own bytes without social security numbers."""
        return without_security_numbers(record.body)

    def page_from_file(self, body: bytes) -> FetchedPage:
        """A saved message, batch, or file of frames. Raises AnswerUnreadable, saying what it is instead."""
        return page_from_file(body)

    def _named(self, record: RawRecord, message: Message, profile: SenderProfile) -> Identities:
        """Who and what the message is about, called as when the record was made: settings may have changed since."""
        named = identities_of(message, profile)
        if record.id in (named.appointment, named.parent) or record.id in named.patients + named.merged:
            return named
        before = identities_of(message, self._profile(record.asked))
        return before if record.id in (before.parent, *before.patients, *before.merged) else named

    def _profile(self, settings: Mapping[str, str]) -> SenderProfile:
        return profile_for(settings, self._ready, self._usual)


def _records(message: Message, body: bytes, profile: SenderProfile, asked: Mapping[str, str]) -> list[RawRecord]:
    records: list[RawRecord] = []
    is_siu = message.type == "SIU"
    if is_siu:
        message = as_standard(message, profile)
        records += mentions(naming_of(message, profile))
    named = identities_of(message, profile)
    is_merge = not is_siu and message.event in MERGES
    patients = named.patients + named.merged if is_merge else named.patients
    for identity in patients if len(patients) == 1 else dict.fromkeys(patients):
        if identity:
            records.append(RawRecord(kind=RecordKind.PATIENT_UPDATE, id=identity, body=body, asked=asked))
    if is_siu:
        if named.parent and replaces_parent(message.event, profile):
            names = names_of_parent(message, profile, named)
            records.append(_update(named.parent, body, asked, names))
        records.append(_update(named.appointment, body, asked, names_of_appointment(message, profile, named)))
    return records


def _update(identity: str, body: bytes, asked: Mapping[str, str], names: OtherNames | None) -> RawRecord:
    kind = RecordKind.APPOINTMENT_UPDATE
    return RawRecord(kind=kind, id=identity, body=body, asked=asked, other_names=names)


def _unreadable(position: int, body: bytes, reason: str) -> UnreadableRecord:
    return UnreadableRecord(kind=RecordKind.APPOINTMENT_UPDATE, position=position, body=body, reason=reason)


def _read(record: RawRecord) -> Message:
    try:
        return read_message(record.body)
    except NotReadable as error:
        raise RecordUnreadable(str(error)) from error


def _arrived(record: RawRecord) -> datetime | None:
    text = record.asked.get(ARRIVED)
    return datetime.fromisoformat(text) if text else None


def _survivor(identity: str, message: Message, named: Identities) -> str:
    """The chart that the chart of this id was merged into by the message; "" if it was not."""
    if message.type != "ADT" or message.event not in MERGES:
        return ""
    for number, merged in enumerate(named.merged):
        if merged == identity:
            survivor = named.patients[min(number, len(named.patients) - 1)]
            return "" if survivor == identity else survivor
    return ""


def _person(identity: str, message: Message, named: Identities) -> Segment:
    if identity not in named.patients:
        raise RecordUnreadable("PID-3: no patient of this id in the message")
    return message.all("PID")[named.patients.index(identity)]
