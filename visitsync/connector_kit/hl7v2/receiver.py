"""What is done with a pushed body: kept and answered AA, or refused on purpose (hl7v2 reference, sections 3 and 4)."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from visitsync.connector_kit.connector import ConnectionConfig, Reception
from visitsync.connector_kit.hl7v2.acknowledgement import acknowledgement
from visitsync.connector_kit.hl7v2.message import Message, NotReadable, read_message
from visitsync.connector_kit.hl7v2.profile import SenderProfile, profile_for
from visitsync.connector_kit.hl7v2.refusals import DATA_TYPE, Refusal, is_of_interest, refusal_of
from visitsync.connector_kit.hl7v2.schedule import sent_at
from visitsync.connector_kit.hl7v2.splitting import messages_in
from visitsync.connector_kit.pages import FetchedPage, RecordKind

ARRIVED = "arrived"
"""Under this name a page says when it arrived (ISO, UTC): the truth where a sender's clock is wrong."""
ID_SETTINGS = (
    "profile",
    "appointment_key",
    "namespace",
    "patient_namespace",
    "patient_authority",
    "without_patient_id",
    "parent_means",
    "broadcasts",
    "shifted_layout",
    "start_places",
    "type_places",
    "provider_places",
    "location_name_places",
    "location_places",
)
"""Settings that decide what records a message holds and what they are called; a page carries them along."""
MEDIA_TYPE = "x-application/hl7-v2+er7"

_NO_MESSAGE = Refusal(False, DATA_TYPE, "MSH^1", "expected an HL7 version 2 message that begins with MSH")


class Hl7Receiver:
    """Understands what senders of HL7 v2 push."""

    def __init__(self, ready: Mapping[str, SenderProfile], usual: SenderProfile) -> None:
        """`ready`: profiles that the setting `profile` may name; `usual`: where it names none."""
        self._ready = ready
        self._usual = usual

    def receive(self, body: bytes, config: ConnectionConfig, *, now: datetime, answer_id: str) -> Reception:
        """Never raises. A body with several messages is answered by as many acknowledgements in one."""
        profile = profile_for(config.settings, self._ready, self._usual)
        found = messages_in(body) or [body]
        read = [_read(each, profile) for each in found]
        answers = [
            acknowledgement(
                message,
                refusal,
                mode=profile.ack_mode,
                now=now,
                zone=config.practice_zone,
                answer_id=answer_id if number == 0 else f"{answer_id}-{number}",
            )
            for number, (message, refusal) in enumerate(read)
            if message is None or message.type != "ACK"  # an answer is never answered
        ]
        wanted = [
            content
            for content, (message, refusal) in zip(found, read, strict=True)
            if message is not None and refusal is None and is_of_interest(message, profile)
        ]
        first = read[0][0]
        return Reception(
            answer=b"".join(answers),
            page=_page(wanted, config.settings, now) if wanted else None,
            delivery_id=_delivery_id(first, body),
            sent_at=None if first is None else sent_at(first, profile, config.practice_zone, now),
            refusal="; ".join(dict.fromkeys(refusal.words for _, refusal in read if refusal is not None)),
        )

    def busy(self, body: bytes, config: ConnectionConfig, *, now: datetime, answer_id: str) -> bytes | None:
        """Hang up: every sender resends what was not answered, and a refusal would stop its queue."""
        return None


def _read(content: bytes, profile: SenderProfile) -> tuple[Message | None, Refusal | None]:
    try:
        message = read_message(content)
    except NotReadable:
        return None, _NO_MESSAGE
    if message.type == "ACK":
        return message, None
    return message, refusal_of(message, profile)


def _page(wanted: list[bytes], settings: Mapping[str, str], now: datetime) -> FetchedPage:
    asked = {name: settings[name] for name in ID_SETTINGS if settings.get(name)}
    body = wanted[0] if len(wanted) == 1 else b"\r".join(wanted)
    return FetchedPage(
        kind=RecordKind.APPOINTMENT, body=body, media_type=MEDIA_TYPE, asked={ARRIVED: now.isoformat(), **asked}
    )


def _delivery_id(message: Message | None, body: bytes) -> str:
    """The same for the same bytes under the same name; a reused name with another body is another delivery."""
    digest = sha256(body.strip(b"\r\n\x0b\x1c ")).hexdigest()
    if message is None:
        return digest
    header = message.header
    named = "|".join((header.raw(3), header.raw(4), header.raw(10)))
    return f"{sha256(named.encode()).hexdigest()[:16]}-{digest[:40]}"
