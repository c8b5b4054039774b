"""What Intergy's messages and Greenway's FHIR resources mean: HL7 v2 with a profile, patients by FHIR. Pure."""

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.fhir import people
from visitsync.connector_kit.fhir.bundles import bundle_of
from visitsync.connector_kit.fhir.files import entries_of_file
from visitsync.connector_kit.fhir.secrets import without_social_security
from visitsync.connector_kit.hl7v2.intergy import INTERGY
from visitsync.connector_kit.hl7v2.receiver import Hl7Receiver
from visitsync.connector_kit.hl7v2.translator import Hl7Translator
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.greenway_intergy.manifest import PROFILE
from visitsync.connectors.greenway_intergy.patients import split, to_patient
from visitsync.domain.patient import Patient


class IntergyTranslator(Hl7Translator):
    """Understands messages, and the FHIR resources of patients."""

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        """A page of patients comes from FHIR, every other from messages. Raises AnswerUnreadable."""
        return split(page) if page.kind is RecordKind.PATIENT else super().split(page)

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """Raises RecordUnreadable."""
        return to_patient(record) if record.kind is RecordKind.PATIENT else super().patient(record, context)

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes without social security numbers."""
        if record.kind is RecordKind.PATIENT:
            return without_social_security(record.body)
        return super().without_secrets(record)

    def page_from_file(self, body: bytes) -> FetchedPage:
        """Saved messages, or saved patients of FHIR. Raises AnswerUnreadable, saying what it is instead."""
        if body[:400].lstrip(b"\xef\xbb\xbf\r\n\t ")[:1] not in (b"{", b"["):
            return super().page_from_file(body)
        entries = entries_of_file(body)
        page = FetchedPage(kind=RecordKind.PATIENT, body=bundle_of([entry.body for entry in entries]))
        if not people.split(page):
            raise AnswerUnreadable(
                "There is no Patient in this; Intergy's appointments come as HL7 messages, not FHIR."
            )
        return page


TRANSLATOR = IntergyTranslator({PROFILE: INTERGY}, INTERGY)
RECEIVER = Hl7Receiver({PROFILE: INTERGY}, INTERGY)
