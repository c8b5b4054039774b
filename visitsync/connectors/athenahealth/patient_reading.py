"""Reads wanted patients one by one, with insurance packages and the ids they had before (reference, section 8)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from urllib.parse import quote

from visitsync.connector_kit.errors import RequestRefused
from visitsync.connector_kit.http import Answer
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.athenahealth.asking import JSON, Asking
from visitsync.connectors.athenahealth.translate import GONE, ID, RESTRICTED, STATUS, WITH_INSURANCES

WITH_PREVIOUS = {"showpreviouspatientids": "true"}
WITH_PACKAGES = {"showinsurance": "true"}
NOBODY = {"firstname": "Visitsync", "lastname": "Nobody", "limit": "1"}
"""A search that finds nobody, to see whether patients may be read at all; it needs some criterion (section 8.1)."""


class PatientReading:
    """Reads patients for one connection."""

    def __init__(self, asking: Asking, *, department: str, ignores_restrictions: bool, way: str) -> None:
        """`department`: whose copy of the record; `way`: the setting insurance_reading."""
        self._asking = asking
        self._is_separate = way == "separately"
        self._common = ({"departmentid": department} if department else {}) | (
            {"ignorerestrictions": "true"} if ignores_restrictions else {}
        )

    def read(self, ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """A page for each; one that athenahealth does not know comes as an absent record.

        Raises NeedsPermission where no patient at all may be read, and the errors of asking.
        """
        may_see_others = False
        for identity in ids:
            answer = self._ask(identity, urgency)
            if answer.status == 403 and not may_see_others:
                self._refuse_where_nobody_may_be_read(urgency)
            may_see_others = True
            yield self._page(identity, answer, urgency)

    def _ask(self, identity: str, urgency: Urgency) -> Answer:
        params = {**self._common, **WITH_PREVIOUS} | ({} if self._is_separate else WITH_PACKAGES)
        path = f"patients/{quote(identity, safe='')}"
        return self._asking.get_one(path, operation="patients", urgency=urgency, params=params)

    def _refuse_where_nobody_may_be_read(self, urgency: Urgency) -> None:
        """One record may be restricted; if even a search is refused, the key lacks a permission."""
        with suppress(RequestRefused):
            self._asking.get("patients", operation="patients", urgency=urgency, params=NOBODY)

    def _page(self, identity: str, answer: Answer, urgency: Urgency) -> FetchedPage:
        asked, body = {ID: identity}, answer.body
        if answer.status == 403:
            asked[STATUS] = RESTRICTED
        elif answer.status == 404:
            asked[STATUS] = GONE
        elif self._is_separate:
            asked[WITH_INSURANCES] = "true"
            body = b'{"patient":%b,"packages":%b}' % (answer.body.strip(), self._packages(identity, urgency).strip())
        return FetchedPage(kind=RecordKind.PATIENT, body=body, media_type=JSON, asked=asked)

    def _packages(self, identity: str, urgency: Urgency) -> bytes:
        path = f"patients/{quote(identity, safe='')}/insurances"
        return self._asking.get(path, operation="patients", urgency=urgency, params=self._common).body
