"""What a reason is; the catalogue itself is in reasons.py."""

from enum import IntEnum, StrEnum

import msgspec

from visitsync.domain.decision import Outcome


class Owner(StrEnum):
    """Who can do something about it."""

    FRONT_DESK = "front desk"
    PRACTICE_ADMIN = "practice admin"
    PATIENT = "patient"
    EMR = "EMR vendor or practice IT"
    US = "us"
    NOBODY = "nobody: it resolves by itself"


class Severity(StrEnum):
    """How much a finding weighs: whether a visit may exist beside it."""

    BLOCKS = "blocks"
    WARNS = "warns"
    INFORMS = "informs"


class Precedence(IntEnum):
    """Which kind of reason leads when one sentence must; ranks within a kind count up from here."""

    CONNECTION = 100
    TIMING = 200
    IDENTITY = 300
    RECOGNITION = 400
    CONTACT = 500
    DEMOGRAPHICS = 600
    PROVIDER = 700
    STATE = 800


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One known reason why an appointment is not (or not yet) a visit, in words for each reader.

    `sentence` and `fix` are templates: {names} are filled from the finding's evidence, and from the EMR's own words
    under {word.type}, {word.location}, {word.provider}, {word.patient}, {word.note}, {emr}. Where an EMR's menus or
    fields have names of their own, its manifest has another `fix`.
    """

    code: str
    cause: str
    """The cause's number in the catalogue of causes, for instance "B4"."""
    section: int | None = None
    """Section of the help article, 1 to 7."""
    rank: int
    """Which finding leads when there are several: the smallest."""
    title: str
    sentence: str
    fix: str
    owner: Owner
    severity: Severity = Severity.BLOCKS
    outcome: Outcome = Outcome.NEEDS_FIX
    """What it makes of the appointment if it leads."""
    resolves_itself: bool = False
    patient_sentence: str
    """What the patient may read; never blames and never names a detail of the record."""
