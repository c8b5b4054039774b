"""What the other rooms rely on about Kareo (Tebra), SOAP Web Services 2.1."""

from visitsync.connector_kit.manifest import CredentialField, Feed, KnownGap, Manifest, Setting
from visitsync.connectors.kareo.contract import ENDPOINT_PATH
from visitsync.connectors.kareo.fixes import FIXES
from visitsync.connectors.kareo.throttles import limits
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

MANIFEST = Manifest(
    emr="kareo",
    name="Kareo (Tebra)",
    default_base_url=f"https://webservice.kareo.com{ENDPOINT_PATH}",
    allowed_hosts=(),
    feed=Feed.POLL,
    usual_minutes=(3, 15),
    abnormal_minutes=30,
    poll_minutes=10,  # the vendor asks for 5 to 15
    sweep_hours=1,  # deletions show in no feed, and the feed's zone is undocumented: the sweep is the guarantee
    marks=(MarkKind.REASON, MarkKind.LOCATION, MarkKind.RESOURCE, MarkKind.MODE),
    is_matched_by_id=False,
    required_demographics=frozenset(Demographic),
    words={
        "type": "appointment reason",
        "reason": "appointment reason",
        "location": "service location",
        "resource": "practice resource",
        "mode": "appointment mode",
        "provider": "provider",
        "patient": "patient",
        "note": "appointment notes",
    },
    fixes=FIXES,
    credentials=(
        CredentialField(
            name="customer_key",
            label="Customer key",
            help="Made by a System Administrator of the Kareo account (Kareo's help, chapter API and Integration). "
            "One key opens every practice of the account.",
        ),
        CredentialField(
            name="user",
            label="API user",
            help="The e-mail address of a Kareo user made for Visitsync, with the permission to use the API.",
            is_secret=False,
        ),
        CredentialField(name="password", label="Password", help="The password of that user."),
    ),
    settings=(
        Setting(
            name="practice_name",
            values=("",),
            help="The practice's name exactly as Kareo has it. May stay empty where the customer key opens only one "
            "practice.",
        ),
        Setting(
            name="practice_id",
            values=("",),
            help="The practice's number in Kareo, as the check of the connection shows it; goes before the name, and "
            "survives a renaming.",
        ),
        Setting(
            name="list_times",
            values=("offset", "practice_local"),
            help="Whether lists shift start and end by the time zone offset that we send (as documented), or show the "
            "practice's wall time whatever we send. The check of the connection finds out.",
        ),
        Setting(
            name="list_stamps",
            values=("offset", "practice_local", "utc"),
            help="The zone of the dates of creation and of the last change in lists. The check of the connection finds "
            "out.",
        ),
        Setting(
            name="details",
            values=("needed", "always"),
            help="Whether GetAppointment is asked only where the list lacks the provider, or for every telemedicine "
            "appointment: then each start is checked against its UTC time, and the appointment mode is known.",
        ),
        Setting(
            name="changes",
            values=("modified", "window"),
            help="How changes are read: by their date of modification, or by reading the coming three months each time "
            "(about five requests), for accounts whose modification dates prove unreliable.",
        ),
        Setting(
            name="modified_overlap_hours",
            values=("26", "14", "6", "2"),
            help="How far each reading of changes reaches back, and ahead: the zone of modification dates is not "
            "documented.",
        ),
        Setting(
            name="chunk_days",
            values=("30", "14", "7", "2"),
            help="Days per request when the schedule is read. Less, if answers get too long.",
        ),
        Setting(
            name="throttle_scale",
            values=("1", "0.05", "0", "1.5", "2", "4"),
            help="Multiplies the least time between two calls. Below 1 only for simulators.",
        ),
        Setting(
            name="throttle_margin_ms",
            values=("250", "0", "10", "500", "1000"),
            help="Added to the least time between two calls of one operation.",
        ),
        Setting(
            name="throttles",
            values=("",),
            help="What GetThrottles told, in ms: GetPatient=250 GetAppointments=1000. Empty: the known table.",
        ),
    ),
    limits=limits({}),
    known_gaps=(
        KnownGap(
            fact="Whether lists really shift their times by TimeZoneOffsetFromGMT.",
            assumed="They do. Chunks never cross a change of clocks, so that both readings give the same time.",
            setting="list_times",
        ),
        KnownGap(
            fact="The zone of the dates of creation and modification, in lists and in filters.",
            assumed="That of the list's times; filters reach a day further at both ends.",
            setting="list_stamps",
        ),
        KnownGap(
            fact="Whether the occurrences of a series share its id.",
            assumed="They may: each is known by id and start, so that a moved occurrence counts as a new one.",
        ),
        KnownGap(
            fact="What Kareo answers for an appointment or patient that does not exist (any more).",
            assumed="No record, or an error that says so in these or similar words.",
        ),
        KnownGap(
            fact="What “Rescheduled” and “Needs Reschedule” mean for the appointment that bears them.",
            assumed="It does not take place; another one replaces it. An admin can map the statuses otherwise.",
        ),
        KnownGap(
            fact="The intervals between calls, and how long a throttled caller must wait.",
            assumed="A client's table with a margin, or what GetThrottles tells; half a minute after a refusal.",
            setting="throttles",
        ),
        KnownGap(
            fact="Where a telehealth mode shows in lists.",
            assumed="Nowhere: it is read with GetAppointment.",
            setting="details",
        ),
        KnownGap(
            fact="Contact of a guarantor: Kareo's answers hold a name only.",
            assumed="A guarantor other than the patient can be reached by the chart's phone.",
        ),
    ),
    reconnect_steps=(
        "Sign in to Kareo as the API user once, to see that its password still works; a System Administrator can look "
        "up the customer key (Kareo's help: helpme.tebra.com, Tebra PM > API and Integration). Then enter the key, the "
        "user and the password here again. Changed permissions take Kareo up to ten minutes."
    ),
)
