"""G and H. Reasons about the connection to the EMR and about records that could not be used."""

from visitsync.domain.decision import Outcome
from visitsync.domain.patient_wording import BEING_PREPARED, DELAYED
from visitsync.domain.reason import Owner, Precedence, Reason, Severity

_RANK = Precedence.CONNECTION


def _trouble(
    code: str,
    cause: str,
    rank: int,
    title: str,
    sentence: str,
    fix: str,
    owner: Owner,
) -> Reason:
    """Trouble of the whole connection: it leads where no visit exists, and never takes a visit away."""
    return Reason(
        code=code,
        cause=cause,
        rank=_RANK + rank,
        title=title,
        sentence=sentence,
        fix=fix,
        owner=owner,
        severity=Severity.WARNS,
        outcome=Outcome.READY,
        resolves_itself=owner in (Owner.EMR, Owner.US),
        patient_sentence=DELAYED,
    )


_TROUBLES: tuple[Reason, ...] = (
    _trouble(
        "connection-needs-reconnect", "G2", 1,
        "The connection must be signed in again",
        "{emr} no longer accepts the connection's credentials, so nothing new arrives.",
        "A practice admin signs the connection in again (two minutes).",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "connection-lacks-permission", "G3", 2,
        "The connection may not see everything",
        "{emr} no longer lets the connecting user see all that is needed.",
        "A practice admin gives the connecting user in {emr} the missing permission.",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "connection-sees-less", "G3", 19,
        "{emr} shows less than before",
        "{emr}'s lists no longer name several {word.provider}s or {word.location}s that are connected here.",
        "A practice admin looks whether the connecting user may still see them in {emr}; who has really left is "
        "switched off here.",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "access-switched-off", "G4", 3,
        "Access is switched off in {emr}",
        "Access by other programs is switched off in {emr}.",
        "A practice admin switches it on again in {emr}.",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "connection-being-set-up", "G1", 4,
        "The connection is still being set up",
        "The connection to {emr} is not live yet.",
        "A practice admin finishes the set-up.",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "connection-paused", "G1", 5,
        "The connection is paused",
        "The connection to {emr} is paused, so nothing new arrives.",
        "A practice admin resumes the connection.",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "too-many-cancellations", "H8", 6,
        "Many visits would disappear at once",
        "The last reading would cancel a large share of the coming visits. Nothing is cancelled until a person agrees.",
        "A practice admin looks at the list and agrees, or finds out why {emr} shows so little.",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "key-used-elsewhere", "G8", 7,
        "This key is in use elsewhere",
        "Somebody else reads {emr} with the same key: of what each of us reads, the other may not be told again.",
        "A practice admin finds out which other program has the key, and gives each a key of its own. Until then we "
        "find what was missed by reading the whole schedule.",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "emr-outage", "G5", 10,
        "{emr} is not answering",
        "{emr} is not answering at the moment. Visits already made are safe.",
        "Nothing to do; we try again by ourselves.",
        Owner.EMR,
    ),
    _trouble(
        "emr-throttled", "G5", 11,
        "{emr} asks us to wait",
        "{emr} limits how often it may be asked, and the limit is reached. The nearest visits go first.",
        "Nothing to do; it goes on by itself.",
        Owner.EMR,
    ),
    _trouble(
        "budget-used-up", "G5", 12,
        "The allowance of requests is used up",
        "What {emr} allows us to ask in this period is used up. The nearest visits went first.",
        "Nothing to do; it goes on by itself.",
        Owner.US,
    ),
    _trouble(
        "emr-answer-unreadable", "H5", 13,
        "{emr}'s answers make no sense",
        "{emr} answers with something other than appointments. That is never read as “no appointments”.",
        "Nothing to do for you; we are on it.",
        Owner.US,
    ),
    _trouble(
        "emr-request-refused", "H5", 14,
        "{emr} refuses our requests",
        "{emr} says that our request is wrong. That is ours to mend.",
        "Nothing to do for you; we are on it.",
        Owner.US,
    ),
    _trouble(
        "network-trouble", "G10", 15,
        "The network is in the way",
        "{emr} cannot be reached over the network at the moment.",
        "Nothing to do; we try again by ourselves.",
        Owner.US,
    ),
    _trouble(
        "forbidden-address", "G10", 16,
        "The address of {emr} is not allowed",
        "The connection points to an address that our requests must never go to.",
        "A practice admin corrects the address of the connection.",
        Owner.PRACTICE_ADMIN,
    ),
    _trouble(
        "feed-too-quiet", "H8", 17,
        "Suspiciously quiet",
        "The connection looks healthy, but far fewer appointments arrive than usual. We are checking.",
        "Nothing to do for you; we are on it.",
        Owner.US,
    ),
    _trouble(
        "emr-trouble", "G5", 18,
        "Something is wrong with the connection",
        "The connection to {emr} does not work at the moment.",
        "Nothing to do for you; we are on it.",
        Owner.US,
    ),
)  # fmt: skip

_RECORDS: tuple[Reason, ...] = (
    Reason(
        code="record-unreadable",
        cause="H4",
        rank=_RANK + 30,
        title="This record could not be read",
        sentence="{emr} sent this record in a form that makes no sense. It is set aside; all others go on.",
        fix="Nothing to do for you; we are on it. Saving the record again in {emr} often helps.",
        owner=Owner.US,
        outcome=Outcome.ON_HOLD,
        patient_sentence=BEING_PREPARED,
    ),
    Reason(
        code="record-gone",
        cause="F8",
        rank=_RANK + 31,
        title="{emr} no longer has this record",
        sentence="{emr} mentioned this appointment and, when asked, no longer knew it.",
        fix="Does the patient know? If it was a mistake, book the appointment again.",
        owner=Owner.FRONT_DESK,
        severity=Severity.INFORMS,
        outcome=Outcome.CANCELLED,
        patient_sentence=BEING_PREPARED,
    ),
)

CONNECTION: tuple[Reason, ...] = (*_TROUBLES, *_RECORDS)
