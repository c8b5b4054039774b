"""What differs per practice or key of athenahealth, and what nobody knows for certain: settings and known gaps."""

from visitsync.connector_kit.manifest import KnownGap, Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="departments",
        values=("",),
        help="Department IDs of this connection, with commas between. Empty: the whole practice.",
    ),
    Setting(
        name="subscribe",
        values=("yes", "no"),
        help="Whether we subscribe to changes of appointments and patients where that has not been done (or only in "
        "part). No: athenahealth or your integrator does it for this key.",
    ),
    Setting(
        name="look_before_reading",
        values=("yes", "no"),
        help="Whether changes are first looked at without using them up (leaveunprocessed), so that a lost answer "
        "costs nothing. No: if athenahealth refuses that parameter for this key.",
    ),
    Setting(
        name="replay_minutes",
        values=("60", "30", "15", "120", "240", "5"),
        help="How often changes that were handed out before are asked for once more, to repair what a lost answer "
        "cost and to notice another program on the same key.",
    ),
    Setting(
        name="replay_overlap_minutes",
        values=("75", "90", "120", "180"),
        help="How far such a replay reaches back behind the last good reading. 75 covers the repeated hour in autumn.",
    ),
    Setting(
        name="booked_list",
        values=("many departments", "one department", "practice"),
        help="How the whole schedule is read: all departments in one request, one request for each department, or "
        "without naming departments.",
    ),
    Setting(
        name="window_days",
        values=("7", "14", "31", "3", "1"),
        help="Days per request when the whole schedule is read. Less, if athenahealth's answers time out.",
    ),
    Setting(
        name="page_size",
        values=("1000", "500", "200", "5000"),
        help="Rows asked for per page; athenahealth's own defaults differ between versions.",
    ),
    Setting(
        name="unknown_department",
        values=("unreadable", "practice zone"),
        help="What to do with an appointment in a department that athenahealth does not list: set it aside until its "
        "time zone is known, or read its time in the practice's zone.",
    ),
    Setting(
        name="department_zones",
        values=("",),
        help="Time zones of single departments, over everything else: 150=America/New_York, 162=America/Phoenix.",
    ),
    Setting(
        name="last_modified_zone",
        values=("eastern", "department"),
        help="Whose clock `lastmodified` shows: US Eastern, like athenahealth's other system times, or the "
        "department's.",
    ),
    Setting(
        name="restricted_patients",
        values=("respected", "ignored"),
        help="Whether restrictions on single patient records are respected, or our requests ask for such records too "
        "(ignorerestrictions); the practice decides.",
    ),
    Setting(
        name="patient_department",
        values=("",),
        help="In practices with several provider groups: the department ID whose copy of a patient's record is read.",
    ),
    Setting(
        name="insurance_reading",
        values=("with patient", "separately"),
        help="Whether insurance packages come with the patient, or are asked for in a request of their own.",
    ),
    Setting(
        name="requests_per_second",
        values=("",),
        help="Requests per second of this key, as the developer portal shows it. Empty: 5.",
    ),
    Setting(
        name="requests_per_day",
        values=("",),
        help="Requests per day of this key, as the developer portal shows it. Empty: 50000.",
    ),
    Setting(
        name="tokens_per_minute",
        values=("",),
        help="How often a token may be asked for per minute: 50 in production, 5 in preview. Empty: 5.",
    ),
)

KNOWN_GAPS: tuple[KnownGap, ...] = (
    KnownGap(
        fact="How many requests per second and per day a key may make.",
        assumed="5 per second and 50,000 per day, until the developer portal's figures are entered.",
        setting="requests_per_day",
    ),
    KnownGap(
        fact="How long changes wait to be read, and how long those that were read can be replayed.",
        assumed="Longer than a day; a replay reaches back a day at most, and the daily sweep finds the rest.",
        setting="replay_minutes",
    ),
    KnownGap(
        fact="Whether a replayed window also hands out what was never read.",
        assumed="It may: such rows are taken in like all others, and are not mistaken for another program's.",
    ),
    KnownGap(
        fact="Whether totalcount of the changes tells the backlog or the page.",
        assumed="Nothing depends on it: reading goes on until an answer is empty, or short and says of no more.",
    ),
    KnownGap(
        fact="What a deleted slot looks like among the changes.",
        assumed="Like an open slot, or like an id with nothing else; such ids are asked for one by one.",
    ),
    KnownGap(
        fact="The zone of lastmodified (that of the booking and cancelling times is documented as US Eastern).",
        assumed="US Eastern.",
        setting="last_modified_zone",
    ),
    KnownGap(
        fact="Whether the list of booked appointments still demands a department.",
        assumed="It may, so that all departments are named.",
        setting="booked_list",
    ),
    KnownGap(
        fact="What a filter with a removed department does to the changes.",
        assumed="An error or an empty answer; changes are filtered only where departments are set here.",
        setting="departments",
    ),
    KnownGap(
        fact="What is answered for a patient whose record was merged into another.",
        assumed="404, or the surviving record, which lists the old id under previouspatientids.",
    ),
    KnownGap(
        fact="Whether the patient's record holds insurance packages when asked with showinsurance.",
        assumed="It does.",
        setting="insurance_reading",
    ),
    KnownGap(
        fact="The bodies of 401, 403, 404 and 429 on today's gateway.",
        assumed="Anything: the status counts; a 403 without JSON is a throttle, a 404 without JSON deletes nothing.",
    ),
    KnownGap(
        fact="Which field says that a visit is athenahealth's own telehealth.",
        assumed="None that could be relied upon; the appointment type and the department mark telemedicine.",
    ),
    KnownGap(
        fact="The time zone of departments without timezonename (records of 2016).",
        assumed="The zone of the United States with that standard offset, with or without daylight saving time.",
        setting="department_zones",
    ),
    KnownGap(
        fact="Whether providers without entitytype are people.",
        assumed="They are if they have an NPI.",
    ),
    KnownGap(
        fact="Which of a series or a group an appointment belongs to.",
        assumed="athenahealth's rows do not say; each stands for itself and has one patient.",
    ),
)
