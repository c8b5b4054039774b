"""The settings by which a connection says what its sender does differently from the profile it chose."""

from collections.abc import Iterable

from visitsync.connector_kit.hl7v2.places import written
from visitsync.connector_kit.hl7v2.profile import AS_PROFILE, SenderProfile
from visitsync.connector_kit.manifest import KnownGap, Setting

_PLACES = {
    "type_places": "Where the appointment type stands, the first filled place counts",
    "reason_places": "Where the reason of the visit stands",
    "service_places": "Where the service stands",
    "provider_places": "Where the provider stands, in order",
    "location_places": "Where the location's code stands, in order",
    "location_name_places": "Where the location's name stands",
    "room_places": "Where the room stands",
    "mode_places": "Where a flag (Y or N) marks video visits",
    "status_places": "Where the status stands, in order",
    "start_places": "Where the start stands, in order",
    "duration_places": "Where the duration stands, in order (the unit in the next field)",
    "email_places": "Where the patient's e-mail stands, in order (Z: any Z segment; NK1-5 is somebody else's)",
    "member_id_places": "Where the policy number stands, in order",
    "payer_id_places": "Where the payer's id stands, in order",
}


def sender_settings(ready: Iterable[str], usual: SenderProfile) -> tuple[Setting, ...]:
    """Every setting of a sender; `ready`: the profiles that may be chosen, the usual one first."""
    return (
        Setting(name="profile", values=tuple(ready), help="Which system sends; everything below may differ from it."),
        *_CHOICES,
        *(
            Setting(name=name, values=("",), help=f"{help}. Write it like {written(getattr(usual, name)) or 'PID-13'}.")
            for name, help in _PLACES.items()  # noqa: A001 - the word of Setting
        ),
        *_TEXTS,
    )


def _choice(name: str, values: tuple[str, ...], words: str) -> Setting:
    return Setting(name=name, values=(AS_PROFILE, *values), help=words)


_CHOICES = (
    _choice(
        "ack_mode",
        ("AA", "enhanced"),
        "How messages are answered: AA, AE, AR always, or CA, CE, CR as MSH-15 asks. Change it if the sender repeats "
        "messages that were answered.",
    ),
    _choice(
        "appointment_key", ("filler", "placer"), "Which id names an appointment: SCH-2 (filler) or SCH-1 (placer)."
    ),
    _choice(
        "namespace",
        ("application and facility", "facility", "practice and service center", "none"),
        "What makes an appointment's id unique: MSH-3 and MSH-4, MSH-4 alone, the practice of MSH-4 with the location, "
        "or nothing.",
    ),
    _choice(
        "patient_namespace",
        ("none", "authority", "practice"),
        "What goes before a patient's number: nothing, its assigning authority (PID-3.4), or the practice (MSH-4).",
    ),
    _choice(
        "empty_means",
        ("kept", "deleted"),
        "What an empty field of PID says: nothing, or that the value is gone (senders of snapshots).",
    ),
    _choice("no_insurance_means", ("unknown", "none"), "What an ADT message without IN1 says about insurance."),
    _choice(
        "parent_means",
        ("replaced when rescheduled", "always replaced", "series"),
        "What SCH-23 and SCH-24 name: what this appointment replaces (if the event is S13, or always), or its series.",
    ),
    _choice(
        "without_patient_id",
        ("refused", "write-in"),
        "What a PID without an id is: an error, or an entry for nobody on the books.",
    ),
    _choice(
        "times",
        ("local", "utc"),
        "What times without an offset show: the location's clocks, or UTC. Find out with "
        "one appointment whose time you know.",
    ),
    _choice(
        "seconds_unit", ("by size", "minutes", "seconds"), "How durations without a unit, or in seconds, are read."
    ),
    _choice("start_offset", ("added", "ignored"), "Whether the offset of AIS-5 is added to the start of AIS-4."),
    _choice("shifted_layout", ("refused", "read"), "Whether a SCH whose tail stands one field further left is read."),
    _choice("broadcasts", ("ignored", "read"), "Whether lists of scheduled appointments (S27) are taken in."),
)
_TEXTS = (
    Setting(
        name="patient_authority",
        values=("",),
        help="The assigning authority (PID-3.4) whose number names patients. Empty: the first medical record number.",
    ),
    Setting(
        name="processing_ids",
        values=("",),
        help="Processing ids (MSH-11) that are taken, with commas between; while testing: P, T. Empty: P.",
    ),
    Setting(
        name="location_zones",
        values=("",),
        help="Time zones of single locations: MAIN=America/New_York, WEST=America/Chicago. Empty: the practice's.",
    ),
    Setting(
        name="default_minutes",
        values=("",),
        help="How long an appointment is whose message does not say so. Empty: not known.",
    ),
    Setting(
        name="provider_roles",
        values=("",),
        help="Words of AIG-4 that say that a resource is a provider, with commas between, in lower case.",
    ),
    Setting(
        name="self_pay_words",
        values=("",),
        help="Names of insurances (IN1-4, IN1-2) that mean that the patient pays, in lower case, with commas between.",
    ),
)

SHARED_GAPS = (
    KnownGap(
        fact="What an empty field says: that nothing changed, or that the value is gone.",
        assumed='That nothing changed; only "" deletes.',
        setting="empty_means",
    ),
    KnownGap(
        fact="Which of the two ids of SCH stays the same over an appointment's life.",
        assumed="The filler's; the placer's where there is no other.",
        setting="appointment_key",
    ),
    KnownGap(
        fact="Whether times without an offset are local.",
        assumed="They show the clocks of the appointment's location. The offset of MSH-7 is never used for them.",
        setting="times",
    ),
    KnownGap(
        fact="How strict a sender is about the kind of answer it asks for in MSH-15.",
        assumed="It is satisfied by AA.",
        setting="ack_mode",
    ),
    KnownGap(
        fact="What a message means that has no insurance in it.",
        assumed="Nothing about insurance; what was told before stands.",
        setting="no_insurance_means",
    ),
    KnownGap(
        fact="What SCH-23 and SCH-24 name when the event is no reschedule.",
        assumed="The series that the appointment belongs to.",
        setting="parent_means",
    ),
    KnownGap(
        fact="Of several people on one appointment, who the provider is.",
        assumed="The first who is enabled here when the message comes, in the order of the sender's places.",
        setting="provider_places",
    ),
    KnownGap(
        fact="Whether the charset that MSH-18 declares is the one that is used.",
        assumed="What is valid UTF-8 is UTF-8, whatever is declared; else what is declared, else Windows-1252.",
    ),
    KnownGap(
        fact="A type, location or practitioner is known only once a message has named it, and nobody says that it is "
        "retired.",
        assumed="What was named stays in the lists.",
    ),
    KnownGap(
        fact="A lost message is never found by a sweep: the sender cannot be asked.",
        assumed="Senders keep what was not acknowledged and send it again.",
    ),
    KnownGap(fact="Nothing is sent to the scheduling system but acknowledgements.", assumed="Scheduling stays there."),
)
