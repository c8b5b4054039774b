"""An answer counts only with every sign of success; everything else says what to do next."""

import pytest

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    NeedsPermission,
    NeedsReconnect,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.http import THROTTLED
from visitsync.connector_kit.soap import OperationUnknown
from visitsync.connectors.kareo.answers import SaysError, VendorWords, glance, result_of
from visitsync.connectors.kareo.fixtures import saved
from visitsync.connectors.kareo.translate import TRANSLATOR

GOOD = saved("getappointments_2021")
LISTS = "GetAppointments"


def judged(body: bytes, practice_id: str = "") -> None:
    """Judged twice, by the beginning and as a whole, which must not differ."""
    said: list[ConnectorError | None] = []
    for judge in (glance, result_of):
        try:
            judge(body, LISTS, practice_id=practice_id)
        except ConnectorError as error:
            said.append(error)
        else:
            said.append(None)
    first, second = said
    assert (type(first), str(first)) == (type(second), str(second))
    if first is not None:
        raise first


def without(body: bytes, name: str) -> bytes:
    start = body.index(f"<{name}>".encode())
    end = body.index(f"</{name}>".encode()) + len(f"</{name}>")
    return body[:start] + body[end:]


def test_a_good_answer_passes() -> None:
    judged(GOOD)
    judged(GOOD, practice_id="52")
    judged(saved("getappointments_today"))
    judged(saved("getappointments_phantom"))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("error_wrong_password", NeedsReconnect),
        ("error_wrong_key", NeedsReconnect),
        ("error_wrong_key_null_list", NeedsReconnect),
        ("error_permission_missing", NeedsPermission),
        ("error_throttled", TryAgainLater),
        ("error_throttled_untyped", TryAgainLater),
        ("error_range", SaysError),
        ("fault_unknown_operation", OperationUnknown),
        ("fault_deserialization", RequestRefused),
        ("fault_internal", TryAgainLater),
    ],
)
def test_each_documented_refusal_says_what_to_do_next(name: str, error: type[ConnectorError]) -> None:
    with pytest.raises(error) as raised:
        judged(saved(name))
    assert type(raised.value) is error
    with pytest.raises(error):
        TRANSLATOR.split(TRANSLATOR.page_from_file(saved(name)))


@pytest.mark.parametrize("name", ["error_throttled", "error_throttled_untyped"])
def test_throttling_is_told_apart_from_an_outage(name: str) -> None:
    with pytest.raises(TryAgainLater) as raised:
        judged(saved(name))
    assert raised.value.code == THROTTLED


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("<Authenticated>true", "<Authenticated>false", NeedsReconnect),
        ("<Authorized>true", "<Authorized>false", NeedsPermission),
        ("<CustomerKeyValid>true", "<CustomerKeyValid>false", NeedsReconnect),
        ("<IsError>false", "<IsError>true", SaysError),
        ("<IsError>false", "<IsError>perhaps", AnswerUnreadable),
        ("<Authenticated>true", "<Authenticated>", AnswerUnreadable),
        ("<Authorized>true</Authorized>", "", AnswerUnreadable),
        ("<IsError>false</IsError>", "", AnswerUnreadable),
        ("<SecurityResponse>", '<SecurityResponse xmlns="http://www.kareo.com/api/schemas">', AnswerUnreadable),
        ("SecurityResponse>", "SecurityVerdict>", AnswerUnreadable),
    ],
)
def test_no_sign_of_success_may_be_missing(old: str, new: str, error: type[ConnectorError]) -> None:
    assert old.encode() in GOOD
    with pytest.raises(error) as raised:
        judged(GOOD.replace(old.encode(), new.encode()))
    assert type(raised.value) is error


@pytest.mark.parametrize("success", ["true", "false", "", "maybe"])
def test_the_contradictory_sign_is_ignored(success: str) -> None:
    judged(GOOD.replace(b"<SecurityResultSuccess>true", f"<SecurityResultSuccess>{success}".encode()))


def test_a_customer_key_that_is_not_said_to_be_bad_is_good() -> None:
    judged(without(GOOD, "CustomerKeyValid"))


def test_a_missing_permission_is_named() -> None:
    with pytest.raises(NeedsPermission, match="Read Appointments"):
        judged(saved("error_permission_missing"))


def test_a_practice_that_the_login_may_not_see_is_named() -> None:
    with pytest.raises(NeedsPermission, match="practice 53"):
        judged(GOOD, practice_id="53")
    judged(GOOD.replace(b"<a:int>52</a:int>", b""), practice_id="53")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("429 - GetAppointments endpoint requested more than allowed", TryAgainLater),
        ("An unexpected error occurred, please try again", TryAgainLater),
        ("Invalid customer key", NeedsReconnect),
        ("User is not authorized for this practice", NeedsPermission),
        ("EndDate is missing", SaysError),
        ("", SaysError),
    ],
)
def test_the_words_of_an_error_decide_where_they_are_known(words: str, error: type[ConnectorError]) -> None:
    body = GOOD.replace(b"<IsError>false", b"<IsError>true")
    with pytest.raises(error) as raised:
        judged(body.replace(b'<ErrorMessage i:nil="true"/>', f"<ErrorMessage>{words}</ErrorMessage>".encode()))
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("words", "is_missing"),
    [
        ("Appointment with AppointmentId 7 could not be found.", True),
        ("The patient does not exist", True),
        ("Practice not found", False),
        ("Appointment is locked", False),
    ],
)
def test_only_a_missing_record_is_taken_for_one(words: str, is_missing: bool) -> None:
    body = GOOD.replace(b"<IsError>false", b"<IsError>true")
    with pytest.raises(SaysError) as raised:
        judged(body.replace(b'<ErrorMessage i:nil="true"/>', f"<ErrorMessage>{words}</ErrorMessage>".encode()))
    assert raised.value.is_about_a_missing_record is is_missing


def test_kareos_own_words_stay_out_of_messages() -> None:
    body = GOOD.replace(b"<IsError>false", b"<IsError>true")
    with pytest.raises(SaysError) as raised:
        judged(body.replace(b'<ErrorMessage i:nil="true"/>', b"<ErrorMessage>Ingrid is locked</ErrorMessage>"))
    cause = raised.value.__cause__
    assert isinstance(cause, VendorWords)
    assert cause.text == "Ingrid is locked"
    assert "Ingrid" not in f"{raised.value}{cause}"


def test_a_note_about_throttling_throttles_nobody() -> None:
    judged(GOOD.replace(b"Clinic closed", b"429 - GetAppointments endpoint requested more than allowed"))
