"""What nobody knows for certain about CareCloud: what we assume, and the settings that change it (section 10)."""

from visitsync.connector_kit.manifest import KnownGap, Setting

SETTINGS = (
    Setting(
        name="location_zones",
        values=("",),
        help="Time zones of locations that are not in the practice's own: 50007=America/Denver, 50008=US/Pacific. "
        "CareCloud itself names no time zones.",
    ),
    Setting(
        name="foreign_offset",
        values=("instant", "hold"),
        help="What an appointment's time means whose offset from GMT is not the one of its time zone that day: the "
        "moment it names, or nothing certain (no visit is made until the time zone is set right).",
    ),
    Setting(
        name="status_codes",
        values=("",),
        help="What statuses mean here, by code or name: T=booked, X=cancelled. Meanings: booked, pending, proposed, "
        "arrived, checked-in, fulfilled, cancelled, noshow, entered-in-error, waitlist.",
    ),
    Setting(
        name="no_show_reasons",
        values=("",),
        help="Numbers or names of the cancellation reasons that mean a no-show: 7, Left before seen. Names that say "
        "“no show” count anyway.",
    ),
    Setting(
        name="window_days",
        values=("31", "14", "7", "3", "1", "62", "93"),
        help="Days per request when the schedule is read. Fewer are tried by itself where CareCloud refuses so many.",
    ),
    Setting(
        name="near_days",
        values=("14", "31", "93"),
        help="Days ahead that are read every time that changes are asked for.",
    ),
    Setting(
        name="far_reading",
        values=("in turn", "sweeps only"),
        help="Whether days further ahead are also read with each reading of changes, as far as requests_per_reading "
        "goes, the rest in turn; else only the daily reading of the whole schedule shows them.",
    ),
    Setting(
        name="requests_per_reading",
        values=("10", "5", "20", "50"),
        help="After so many requests a reading of changes leaves further far-off weeks for the next time.",
    ),
    Setting(
        name="changes_visit_reasons",
        values=("",),
        help="Numbers of the only visit reasons that changes are read for: 81001,81002. Saves requests in a very large "
        "practice; what is booked as another reason is then seen by the hourly reading.",
    ),
    Setting(
        name="resources",
        values=("with providers", "names only", "ignored"),
        help="Whether the columns of the schedule are read, and for each (one request a day) whose it is.",
    ),
    Setting(
        name="insurance_reading",
        values=("needed", "always", "never"),
        help="Whether a patient's insurance is asked for besides the chart: where the chart shows no policy, always, "
        "or never (then nothing is said about missing insurance).",
    ),
    Setting(
        name="other_patient_status",
        values=("inactive", "active"),
        help="What a patient's status means that is none of active, inactive and deceased.",
    ),
    Setting(
        name="token_url",
        values=("",),
        help="Where access tokens are given. Empty: /oauth2/access_token on the host of the base URL.",
    ),
    Setting(
        name="token_seconds",
        values=("3600", "600", "28800", "86400"),
        help="How long an access token is taken to live where CareCloud does not say.",
    ),
    Setting(
        name="requests_per_second",
        values=("",),
        help="Requests per second that CareCloud allows this application. Empty: 3.",
    ),
)

KNOWN_GAPS = (
    KnownGap(
        fact="Which time zone a location is in: the API has none, times carry an offset only.",
        assumed="The practice's, unless a location's is set; the moment itself is certain either way.",
        setting="location_zones",
    ),
    KnownGap(
        fact="What an offset means that the time zone does not have on that day.",
        assumed="The moment it names.",
        setting="foreign_offset",
    ),
    KnownGap(
        fact="The list of status codes: only P (Pending) is certain.",
        assumed="Codes met by other integrators; any other stays unknown until an admin explains it.",
        setting="status_codes",
    ),
    KnownGap(
        fact="How a no-show is shown.",
        assumed="As a cancellation with a reason that says no-show, by its name or as set.",
        setting="no_show_reasons",
    ),
    KnownGap(
        fact="Whether the length of a range of dates is limited.",
        assumed="31 days are fine; where they are refused, half of them are tried, and so on.",
        setting="window_days",
    ),
    KnownGap(
        fact="Whether lists show cancelled and requested appointments.",
        assumed="They may not: what is missing from a list is asked for by its id.",
    ),
    KnownGap(
        fact="Where staff block time: blockouts are no appointments.",
        assumed="They are not read; an appointment without a patient is taken for a held slot.",
    ),
    KnownGap(
        fact="What refusals look like, and what is answered to an id that does not exist.",
        assumed="Any body; any 4xx about one id means that it is not there, once CareCloud is seen to answer at all.",
    ),
    KnownGap(
        fact="The wrapper of a patient's insurance, and whether the chart shows policies too.",
        assumed="One profile, a list, or either in a wrapper; the chart is believed where it shows policies.",
        setting="insurance_reading",
    ),
    KnownGap(
        fact="What a patient's status letters besides A mean.",
        assumed="I and D are inactive and deceased; any other is inactive.",
        setting="other_patient_status",
    ),
    KnownGap(
        fact="How long tokens live, and whether refresh tokens change.",
        assumed="What the answer says, else an hour; the newest refresh token is kept.",
        setting="token_seconds",
    ),
    KnownGap(fact="The production rate limit.", assumed="Three requests a second.", setting="requests_per_second"),
    KnownGap(
        fact="Whether staff move an appointment in place, or cancel it and book another.",
        assumed="Both; a new one does not name the old one.",
    ),
    KnownGap(
        fact="Whether an address in insurance or on a chart tells its state by name, letters or number.",
        assumed="Names become two letters; a number is shown as it is.",
    ),
    KnownGap(fact="Merged charts.", assumed="The retired one is gone, or inactive.", setting=None),
)
