"""A trial sign-in to athenahealth: what the key may see, and what a practice admin must still have granted."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from visitsync.connector_kit.errors import AnswerUnreadable, NeedsPermission, RecordUnreadable, RequestRefused
from visitsync.connector_kit.json_rows import decode_record, read_listing, record_id
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.athenahealth.asking import Asking
from visitsync.connectors.athenahealth.departments import Departments
from visitsync.connectors.athenahealth.patient_reading import NOBODY
from visitsync.connectors.athenahealth.payloads import PRACTICES
from visitsync.connectors.athenahealth.subscriptions import FEEDS, Subscriptions

EVERY_PRACTICE = "/v1/1/practiceinfo"
PROBED: Mapping[str, Mapping[str, str]] = {
    "providers": {"limit": "1"},
    "appointmenttypes": {"limit": "1", "hidenonpatient": "false"},
    "patients": NOBODY,
}


class Check:
    """Looks at everything that reading needs, and collects what is missing. Somebody waits for it."""

    def __init__(self, asking: Asking, departments: Departments, subscriptions: Subscriptions) -> None:
        self._asking = asking
        self._departments = departments
        self._subscriptions = subscriptions
        self.problems: list[str] = []
        self.facts: dict[str, str] = {}

    def run(self, practice_id: str, day: str) -> None:
        """`day`: any date as MM/DD/YYYY. Raises NeedsReconnect, TryAgainLater."""
        probes: list[Callable[[], None]] = [
            partial(self._find_practice, practice_id),
            self._see_departments,
            partial(self._see_booked, day),
            *(partial(self._see, path, params) for path, params in PROBED.items()),
            *(partial(self._see_subscription, feed) for feed in FEEDS),
        ]
        for probe in probes:
            try:
                probe()
            except NeedsPermission as error:
                self.problems.append(str(error))

    def _find_practice(self, practice_id: str) -> None:
        """The key may reach other practices and not this one; where the list is closed to us, nothing is concluded."""
        try:
            answer = self._asking.get(EVERY_PRACTICE, operation="practiceinfo", urgency=Urgency.PERSON_WAITS)
            listed = dict(_practices(answer.body))
        except (NeedsPermission, AnswerUnreadable, RequestRefused):
            return
        if practice_id in listed:
            self.facts["practice"] = listed[practice_id]
        else:
            self.problems.append(
                f"This key does not reach practice {practice_id}. It reaches: {', '.join(sorted(listed)) or 'none'}."
            )

    def _see_departments(self) -> None:
        ids = [one for page in self._departments.pages(urgency=Urgency.PERSON_WAITS) for one in page.ids]
        self.facts["departments"] = str(len(ids))
        missing = [one for one in self._departments.chosen if one not in ids]
        if missing:
            self.problems.append(f"athenahealth lists no department {', '.join(missing)} (setting “departments”).")

    def _see_booked(self, day: str) -> None:
        group = next(iter(self._departments.groups(urgency=Urgency.PERSON_WAITS)), "")
        self._asking.get(
            self._departments.address(),
            operation="appointments/booked",
            urgency=Urgency.PERSON_WAITS,
            params={"startdate": day, "enddate": day, "limit": "1"} | ({"departmentid": group} if group else {}),
        )

    def _see(self, path: str, params: Mapping[str, str]) -> None:
        try:
            self._asking.get(path, operation=path, urgency=Urgency.PERSON_WAITS, params=params)
        except RequestRefused:
            return  # it dislikes the question, which is no question of permission

    def _see_subscription(self, feed: str) -> None:
        trouble = self._subscriptions.trouble(feed, urgency=Urgency.PERSON_WAITS)
        if trouble:
            self.problems.append(trouble)


def _practices(body: bytes) -> Iterator[tuple[str, str]]:
    for row in read_listing(body, ("practiceinfo",)).rows:
        try:
            practice = decode_record(row.body, PRACTICES)
            yield record_id(practice.practiceid), practice.name or ""
        except RecordUnreadable:
            continue
