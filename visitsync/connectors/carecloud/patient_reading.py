"""Reads CareCloud's patients one by one, each with what a second question tells of the insurance (section 5)."""

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, read_listing, read_members
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.carecloud.asking import JSON, Asking
from visitsync.connectors.carecloud.coverages import insurance_of
from visitsync.connectors.carecloud.payloads import PATIENTS
from visitsync.connectors.carecloud.translate import GONE, ID, STATUS
from visitsync.connectors.carecloud.wrappers import single_of

NONE_ON_FILE = b"[]"


class PatientReading:
    """Reads patients for one connection."""

    def __init__(self, asking: Asking, insurance: str, make_sure: Callable[[Urgency], None]) -> None:
        """`insurance`: the setting insurance_reading. `make_sure`: raises unless CareCloud itself answers."""
        self._asking = asking
        self._insurance = insurance
        self._make_sure = make_sure

    def read(self, ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """A page for each; one that CareCloud does not know comes as an absent record."""
        for identity in dict.fromkeys(ids):
            asked = {ID: identity}
            path = f"/patients/{quote(identity, safe='')}"
            answer = self._asking.get_one(path, operation="patients", urgency=urgency)
            body = answer.body
            if answer.status >= 400:
                self._make_sure(urgency)
                asked[STATUS] = GONE
            else:
                body = self._with_insurance(path, _wrapped(body), urgency)
            yield FetchedPage(kind=RecordKind.PATIENT, body=body, media_type=JSON, asked=asked)

    def _with_insurance(self, path: str, chart: bytes, urgency: Urgency) -> bytes:
        if self._insurance == "never" or (self._insurance == "needed" and _says_enough(chart)):
            return chart
        answer = self._asking.get_one(f"{path}/insurances", operation="insurances", urgency=urgency)
        insurances = NONE_ON_FILE if answer.status >= 400 else _whole_json(answer.body)
        return chart[: chart.rindex(b"}")] + b',"insurances":' + insurances + b"}"


def _wrapped(body: bytes) -> bytes:
    """The chart in its wrapper. Raises AnswerUnreadable."""
    single = single_of(body)
    return single if "patient" in read_members(single) else b'{"patient":' + single + b"}"


def _says_enough(chart: bytes) -> bool:
    """Whether the chart itself already tells policies, or that the patient pays alone."""
    try:
        insurance = insurance_of(decode_record(chart, PATIENTS).patient.insurance_profiles, None)
    except RecordUnreadable:
        return True  # nothing that could be added would make it readable
    return insurance.coverages is not None


def _whole_json(body: bytes) -> bytes:
    """The answer as it is, if it is one object or list. Raises AnswerUnreadable."""
    text = body.strip().removeprefix(b"\xef\xbb\xbf").strip()
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise AnswerUnreadable("insurances: the answer is cut off or garbled.") from None
    if text[:1] == b"[":
        read_listing(text, ())
    elif text != b"null":
        read_members(text)
    return text
