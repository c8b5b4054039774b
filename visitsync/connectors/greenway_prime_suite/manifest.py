"""What the other rooms rely on about Greenway Prime Suite, asked through its interface called GAPI."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connector_kit.manifest import CredentialField, Feed, KnownGap, Manifest, Setting
from visitsync.connectors.greenway_prime_suite.fixes import FIXES
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

SERVICE_PATH = "/Integration/RESTv1.0/PrimeSuiteAPIService"
REQUESTS_PER_SECOND = 5
"""What a public client allows itself; the vendor publishes no figure (greenway reference, section 4.1)."""

PER_SECOND = Limit(
    name="greenway-prime-suite-per-second",
    requests=REQUESTS_PER_SECOND,
    seconds=1,
    scope="application",  # the gateway counts by API key, and all practices share ours
    is_spaced=True,
)


def limits(settings: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits of one connection: the known figure, or what Greenway granted."""
    text = settings.get("requests_per_second", "").strip()
    granted = int(text) if text.isascii() and text.isdigit() else REQUESTS_PER_SECOND
    return (msgspec.structs.replace(PER_SECOND, requests=max(1, granted)),)


MANIFEST = Manifest(
    emr="greenway_prime_suite",
    name="Greenway Prime Suite",
    default_base_url=f"https://api.greenwayhealth.com{SERVICE_PATH}",
    allowed_hosts=(),
    feed=Feed.POLL,
    usual_minutes=(15, 30),
    abnormal_minutes=60,
    poll_minutes=15,
    sweep_hours=1,  # what is cancelled may simply vanish, which only complete readings show
    reads_single=False,
    tells_patient_changes=False,  # the schedule shows names, birth dates and e-mails of the coming days, and no more
    lists_are_complete=False,
    marks=(MarkKind.TYPE, MarkKind.SERVICE, MarkKind.RESOURCE, MarkKind.LOCATION, MarkKind.MODE),
    is_matched_by_id=True,
    required_demographics=frozenset(Demographic),
    words={
        "type": "appointment type",
        "service": "visit type",
        "reason": "chief complaint",
        "resource": "schedule resource",
        "location": "location",
        "mode": "appointment category",
        "provider": "care provider",
        "patient": "patient",
        "note": "appointment comments",
        "gone": "cancelled or deleted there",  # either way the row may simply vanish
    },
    fixes=FIXES,
    credentials=(
        CredentialField(
            name="site_id",
            label="Prime Suite site ID",
            help="Greenway tells it when it enables the interface for the practice, for instance 990001.",
            is_secret=False,
        ),
        CredentialField(
            name="user_name",
            label="Prime Suite user",
            help="The login name of a Prime Suite user made for Visitsync alone.",
            is_secret=False,
        ),
        CredentialField(name="user_password", label="Password", help="The password of that user."),
        CredentialField(
            name="user_id",
            label="Prime Suite user ID",
            help="The number of that user, as Greenway tells it together with the site ID.",
            is_secret=False,
        ),
        CredentialField(
            name="api_key", label="API key", help="Of the application registered with Greenway's developer portal."
        ),
        CredentialField(
            name="vendor_login",
            label="Vendor login",
            help="The vendor's GUID that Greenway issued. Empty where Greenway said that its gateway adds it.",
            is_required=False,
        ),
        CredentialField(
            name="vendor_password",
            label="Vendor password",
            help="Issued together with the vendor login; often the same GUID.",
            is_required=False,
        ),
        CredentialField(
            name="client_id",
            label="FHIR client ID",
            help="Of the backend service registered in Greenway's developer platform. Only where FHIR is used.",
            is_secret=False,
            is_required=False,
        ),
        CredentialField(
            name="private_key",
            label="FHIR private key",
            help="The P-384 key (ES384) whose public half stands at the registered JWKS address: PEM, or a JWK.",
            is_required=False,
        ),
        CredentialField(
            name="key_id",
            label="FHIR key ID",
            help="The kid of that key in the JWKS.",
            is_secret=False,
            is_required=False,
        ),
    ),
    settings=(
        Setting(
            name="fhir_base_url",
            values=("",),
            help="Greenway's FHIR server for this site, with the tenant's number: "
            "https://fhir-api.fhirprod.aws.greenwayhealth.com/fhir/R4/… It fills gaps in address and coverage. Empty: "
            "not used.",
        ),
        Setting(
            name="fhir_patient_by",
            values=("identifier", "id"),
            help="Whether FHIR holds Prime Suite's patient number as an identifier of the chart, or calls it so.",
        ),
        Setting(
            name="fhir_identifier_system",
            values=("",),
            help="The system of that identifier, where numbers of several systems recur. Empty: any.",
        ),
        Setting(
            name="source_site_id",
            values=("empty", "site"),
            help="What stands as source in each request: nothing, or the site ID, as some sites want it.",
        ),
        Setting(
            name="user_id_form",
            values=("number", "text"),
            help="Whether the user's ID is sent as a number or as text.",
        ),
        Setting(
            name="page_size",
            values=("100", "200", "50", "10"),
            help="Rows asked for per page. Less, if the site refuses or answers too slowly; the site may send fewer.",
        ),
        Setting(
            name="page_numbering",
            values=("from 1", "from 0"),
            help="Whether rows are counted from 1, so that the second page of ten begins at 11, or from 0.",
        ),
        Setting(
            name="horizon_days",
            values=("95", "35", "14"),
            help="How many days ahead are read every quarter of an hour. Less, if the site is slow; the daily reading "
            "of the whole window stays.",
        ),
        Setting(
            name="patient_days",
            values=("14", "7", "28", "91"),
            help="How many days ahead patients are looked through every half an hour for corrected names, birth dates "
            "and e-mail addresses.",
        ),
        Setting(
            name="null_list",
            values=("failure", "empty"),
            help="What a null list with no rows is: a failure, or this site's way to say that a week is empty. The "
            "check of the connection finds out.",
        ),
        Setting(
            name="unknown_patient",
            values=("error", "empty"),
            help="How this site answers about a chart that it does not know (any more): with an error that says so, or "
            "with a patient who is null or has the number 0. Unless chosen, the latter is taken for a failure.",
        ),
        Setting(
            name="visit_times",
            values=("checked", "ignored"),
            help="Whether the schedule's time is compared with the instant that the visit tells. Ignored, if this site "
            "does not move the one together with the other.",
        ),
        Setting(
            name="start_field",
            values=("agreeing", "StartTime", "AppointmentTime"),
            help="Which time begins the visit, where the start of the slot and the time told to the patient differ. "
            "Unless chosen, such an appointment is shown as contradictory.",
        ),
        Setting(
            name="status_words",
            values=("both", "visit", "tracking"),
            help="Where the state of an appointment is read: the visit's status, the patient tracking, or both.",
        ),
        Setting(
            name="email_field",
            values=("EmailAddress1", "either"),
            help="Whether the second e-mail field counts where the first is empty. Unless chosen, staff are told.",
        ),
        Setting(
            name="state_codes",
            values=("",),
            help="What the numbers of this site's table of states mean: 5=CA, 38=PA. The check of the connection names "
            "numbers that are missing here.",
        ),
        Setting(
            name="patient_status_codes",
            values=("",),
            help="What the numbers of this site's table of patient statuses mean: 1=active, 2=inactive, 3=deceased. "
            "Without, a disabled chart is inactive.",
        ),
        Setting(
            name="self_pay_plans",
            values=("Self Pay, Self-Pay", ""),
            help="Names of plans by which this site marks patients who pay by themselves, with commas between.",
        ),
        Setting(
            name="demographics_method",
            values=("Patient/PatientDemographicsSummaryGet", ""),
            help="The call that reads a patient's demographics.",
        ),
        Setting(
            name="insurance_method",
            values=("",),
            help="The call that reads a patient's policies, as Greenway names it for this site: Service/Method. Empty: "
            "policies are only read from demographics or FHIR, and where neither has them insurance is not judged.",
        ),
        Setting(
            name="requests_per_second",
            values=("",),
            help="Requests per second that Greenway granted. Empty: 5.",
        ),
    ),
    limits=(PER_SECOND,),
    known_gaps=(
        KnownGap(
            fact="The production host and the path before PrimeSuiteAPIService.",
            assumed="api.greenwayhealth.com and /Integration/RESTv1.0; the base URL of the connection says otherwise.",
        ),
        KnownGap(
            fact="What becomes of an appointment that is cancelled, moved or missed.",
            assumed="It may vanish, stay with a status in words, or come back under a new number. One that two "
            "complete readings of its days have missed is gone.",
            setting="status_words",
        ),
        KnownGap(
            fact="The words for the state of a visit, which each site chooses.",
            assumed="A table of usual words; all others are shown to the admin, who says what they mean.",
            setting="status_words",
        ),
        KnownGap(
            fact="How PageStart counts beyond the first page.",
            assumed="From 1: 0, then 11, 21, as a public client asks. Rows that are missing are noticed.",
            setting="page_numbering",
        ),
        KnownGap(
            fact="Whether FromDate and ToDate are read as days of UTC or of the site's zone.",
            assumed="Either: the weeks that are asked for share a day, and reach a day further at both ends.",
        ),
        KnownGap(
            fact="What an empty week looks like: an empty list, or null.",
            assumed="An empty list; null is what a failed call leaves behind.",
            setting="null_list",
        ),
        KnownGap(
            fact="Whether Visit.FromDateTime follows when an appointment is moved.",
            assumed="It does, so that a difference means that a zone is wrong; such an appointment gets no visit.",
            setting="visit_times",
        ),
        KnownGap(
            fact="Whether StartTime and AppointmentTime may differ.",
            assumed="They may not; where they do nothing is chosen.",
            setting="start_field",
        ),
        KnownGap(
            fact="The body of the answer to PatientDemographicsSummaryGet.",
            assumed="Some object in it has a PatientID, a name, and the members that the schedule's Patient has.",
            setting="demographics_method",
        ),
        KnownGap(
            fact="What is answered about a chart that does not exist (any more).",
            assumed="An error that says so. A patient who is null or has the number 0 may come from a failed call.",
            setting="unknown_patient",
        ),
        KnownGap(
            fact="The path of the call that reads policies.",
            assumed="None until it is set; insurance is then not judged.",
            setting="insurance_method",
        ),
        KnownGap(
            fact="Under which number FHIR has a chart of Prime Suite.",
            assumed="As an identifier. A chart whose name or birth date differ is refused, not used.",
            setting="fhir_patient_by",
        ),
        KnownGap(
            fact="The numbers of the lookup tables for states, patient statuses, genders and countries.",
            assumed="Unknown until they are set; a state told by a number that is not set makes a chart unreadable.",
            setting="state_codes",
        ),
        KnownGap(
            fact="Whether a policy's payer was picked from a list or typed.",
            assumed="Picked: policies hang on a plan of the site. The plan's name stands for its number.",
        ),
        KnownGap(
            fact="Contact of a parent or guarantor.",
            assumed="Whoever else holds a policy can be reached by the chart's phone.",
        ),
        KnownGap(
            fact="Whether PatientID changes, or OriginalPatientID points on, when charts are merged.",
            assumed="Nothing is concluded; the merged chart is disabled, or no longer known.",
        ),
        KnownGap(
            fact="Errors: their members, codes and words.",
            assumed="Usual names of members that hold anything; words about login, permission, absence or time.",
        ),
        KnownGap(
            fact="Lists of appointment types, locations and providers: no call for them is known.",
            assumed="They are gathered from the schedule; what is booked nowhere is not offered, nothing is retired.",
        ),
        KnownGap(
            fact="Which zone a location is in.",
            assumed="The practice's, unless the zone of the location is set here.",
        ),
        KnownGap(
            fact="Whether the provider's NPI stands on appointments to come.",
            assumed="It may be missing; then the provider counts as one without NPI, which stops nothing.",
        ),
    ),
    reconnect_steps=(
        "Sign in to Prime Suite as the user made for Visitsync once, to see that the password still works and the "
        "user is active (Prime Suite: System Administration > Users). Ask Greenway whether site ID, vendor login and "
        "API key are still enabled for the practice. Then enter all of them here again."
    ),
)
