"""Mails say little, load nothing, and let nobody add a header; their links stop what they say they stop."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID, uuid4

import pytest

from visitsync.domain.telling_choices import Kind
from visitsync.storage.tellings import MailState, Telling
from visitsync.storage.vault import Vault
from visitsync.sync.telling.letter import Envelope, Links, letter, one_line
from visitsync.sync.telling.stop_link import Stop, read_stop, stop_token

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LINKS = Links(
    more="https://visits.example/p/lakeside/today",
    choices="https://visits.example/p/lakeside/notices",
    stop="https://visits.example/stop-mail/abc",
)


def a_letter(
    *, title: str = "Tomorrow: 14 visits, 2 need you", practice: str = "Lakeside", to: str = "ana@lakeside.example"
) -> EmailMessage:
    telling = Telling(
        telling_id=uuid4(), staff_id=uuid4(), kind=Kind.DIGEST, title=title, lines=("Today: no visits.",),
        leads_to="today", told_at=NOW, good_until=NOW, mail=MailState.WAITING,
    )  # fmt: skip
    envelope = Envelope(sender="notices@visits.example", recipient=to, practice_name=practice)
    written = letter(telling, envelope, LINKS, now=NOW)
    return message_from_bytes(written.as_bytes(), policy=default)


def test_a_mail_has_both_parts_and_stops_with_one_click() -> None:
    mail = a_letter()
    assert mail["Subject"] == "Tomorrow: 14 visits, 2 need you – Lakeside"
    assert mail["From"] == "Visitsync <notices@visits.example>"
    assert mail["List-Unsubscribe"] == "<https://visits.example/stop-mail/abc>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content()):
        assert all(address in part for address in (LINKS.more, LINKS.choices, LINKS.stop))
        assert "Today: no visits." in part


def test_the_html_loads_nothing_from_anywhere() -> None:
    html = a_letter().get_body(("html",))
    assert html is not None
    text = html.get_content()
    assert re.findall(r"<(?:img|script|link|iframe|object)\b|url\(|@import|src=", text) == []
    assert set(re.findall(r"https?://[^\"<\s]+", text)) == {LINKS.more, LINKS.choices, LINKS.stop}


@pytest.mark.parametrize(
    "name",
    [
        "Lakeside\r\nBcc: eve@nowhere.example",
        "Lakeside\nX-Evil: 1\n\nbody",
        "Lake\x85side\u2028Bcc: eve@nowhere.example",
    ],
)
def test_a_line_break_in_a_name_adds_no_header(name: str) -> None:
    mail = a_letter(practice=name, title=f"Tomorrow {name}")
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert mail["Subject"].startswith("Tomorrow Lake")
    assert mail["To"] == "ana@lakeside.example"


@pytest.mark.parametrize(
    "address",
    [
        "ana@lakeside.example\r\nBcc: eve@nowhere.example",
        "ana@x.example, eve@nowhere.example",
        "",
        "no address",
        "ana@",
        "A <a@x.example>",
    ],
)
def test_what_is_no_single_address_gets_no_mail(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        a_letter(to=address)


def test_hostile_names_are_text_in_the_html_and_short_in_the_subject() -> None:
    mail = a_letter(practice="<script>alert(1)</script>" + "x" * 1000)
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html.get_content()
    assert len(mail["Subject"]) < 130


def test_direction_marks_and_controls_stay_out_of_headers() -> None:
    assert one_line("Lake\u202eside\x00\u200b  Clinic\u2066") == "Lake side Clinic"


def test_braces_in_a_name_are_no_template() -> None:
    html = a_letter(practice="{title} {0.__class__} {{7*7}}").get_body(("html",))
    assert html is not None
    assert "{title} {0.__class__} {{7*7}}" in html.get_content()


PRACTICE, PERSON = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize("kind", Kind)
def test_a_stop_link_names_whose_mail_of_which_kind_stops(vault: Vault, kind: Kind) -> None:
    stop = Stop(PRACTICE, PERSON, kind)
    assert read_stop(vault, stop_token(vault, stop)) == stop


def test_no_letter_of_a_stop_link_can_be_changed(vault: Vault) -> None:
    token = stop_token(vault, Stop(PRACTICE, PERSON, Kind.ALARM))
    for place, letter_there in enumerate(token):
        other = "A" if letter_there != "A" else "B"
        assert read_stop(vault, token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "A" * 67, "A" * 68, "Ä" * 68, "é" * 34, "A" * 100_000])
def test_what_is_no_stop_link_of_ours_is_none(vault: Vault, text: str) -> None:
    assert read_stop(vault, text) is None


def test_an_international_address_stands_as_it_is() -> None:
    assert "jörg@lakeside.example" in a_letter(to="jörg@lakeside.example")["To"]
