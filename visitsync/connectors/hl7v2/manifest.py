"""What the other rooms rely on about a scheduling system that sends HL7 version 2."""

from visitsync.connector_kit.hl7v2.settings import SHARED_GAPS, sender_settings
from visitsync.connector_kit.manifest import Feed, KnownGap, Manifest
from visitsync.connectors.hl7v2.fixes import FIXES
from visitsync.connectors.hl7v2.profiles import PROFILES, STANDARD
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

MANIFEST = Manifest(
    emr="hl7v2",
    name="HL7 v2 (SIU and ADT over MLLP)",
    default_base_url="",
    allowed_hosts=(),
    feed=Feed.PUSH,
    usual_minutes=(1, 15),
    abnormal_minutes=30,
    poll_minutes=15,
    is_listed=False,
    reads_single=False,
    reads_patients=False,
    marks=(MarkKind.TYPE, MarkKind.REASON, MarkKind.SERVICE, MarkKind.LOCATION, MarkKind.ROOM, MarkKind.RESOURCE),
    is_matched_by_id=True,  # senders spell the text of a code in several ways, the code in one
    required_demographics=frozenset(Demographic) - {Demographic.INSURANCE},
    words={
        "type": "appointment type",
        "reason": "appointment reason",
        "service": "service",
        "location": "location",
        "room": "room",
        "resource": "resource",
        "provider": "provider",
        "patient": "patient",
        "note": "comment",
    },
    fixes=FIXES,
    credentials=(),
    settings=sender_settings(PROFILES, PROFILES[STANDARD]),
    limits=(),
    known_gaps=(
        *SHARED_GAPS,
        KnownGap(
            fact="Whether this practice's system needs insurance before it sends an appointment.",
            assumed="It does not: most appointment messages carry no insurance.",
        ),
    ),
    reconnect_steps="Nothing signs in here: the practice's system connects to us. If no message comes, ask whoever "
    "runs its interface engine to look at the queue of the interface to Visitsync, and to start it again.",
)
