"""The SOAP reader takes one plain answer, and nothing that only looks like one."""

import socket
import time
import tracemalloc
from collections.abc import Callable

import pytest
from lxml import etree

from visitsync.connector_kit.errors import AnswerUnreadable, ConnectorError, RequestRefused, TryAgainLater
from visitsync.connector_kit.soap import (
    ENVELOPE,
    Fault,
    OperationUnknown,
    headers,
    is_nil,
    local_name,
    read_answer,
    read_beginning,
    without_nil_members,
    write_envelope,
    write_text,
)

CLINIC = "urn:example:clinic"
ANSWER = f"{{{CLINIC}}}RoomsResponse"
ROOMS = (
    f'<RoomsResponse xmlns="{CLINIC}"><RoomsResult><Verdict>fine</Verdict>'
    "<Rooms><Room>Blue</Room><Room>Red</Room></Rooms></RoomsResult></RoomsResponse>"
)


def envelope(content: str = ROOMS, *, before: str = "", header: str = "") -> bytes:
    return f'{before}<s:Envelope xmlns:s="{ENVELOPE}">{header}<s:Body>{content}</s:Body></s:Envelope>'.encode()


def fault(code: str, text: str = "something broke") -> bytes:
    return envelope(f"<s:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></s:Fault>")


# Writing


@pytest.mark.parametrize(
    "value", ["a<b>&c]]>\"'", " two  spaces ", "líne\r\nbreak\ttab", "Größe 𝒳 أهلا", "&lt;!DOCTYPE x>"]
)
def test_a_written_text_is_read_back_as_it_was(value: str) -> None:
    body = write_envelope(f"<c:Ask>{write_text('c:Word', value)}</c:Ask>", {"c": CLINIC})
    assert read_answer(body)[0].text == value


@pytest.mark.parametrize("value", ["\0", "a\x0bb", "\x1f", "\ud800", "\uffff"])
def test_a_character_that_xml_cannot_carry_is_never_sent(value: str) -> None:
    with pytest.raises(RequestRefused, match="Password contains the character") as refusal:
        write_text("Password", f"hunter{value}")
    assert "hunter" not in str(refusal.value)


def test_the_action_is_quoted() -> None:
    assert headers("urn:a/B") == {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:a/B"'}


# Reading


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(envelope(), id="bare"),
        pytest.param(envelope(before='<?xml version="1.0" encoding="utf-8"?>\n'), id="declared"),
        pytest.param(b"\xef\xbb\xbf" + envelope(before='<?xml version="1.0"?>'), id="byte order mark"),
        pytest.param(envelope(header="<s:Header/>"), id="empty header"),
        pytest.param(envelope(header="<s:Header><a><b><c><d/></c></b></a></s:Header>"), id="deep header"),
        pytest.param(
            envelope().replace(b":s=", b":E=").replace(b"s:", b"E:").replace(b"xmlnE", b"xmlns"), id="other prefix"
        ),
        pytest.param(envelope(ROOMS.replace("><", ">\n  <!-- aside -->\n  <")), id="indented with comments"),
    ],
)
@pytest.mark.parametrize("read", [read_answer, lambda body, tag: beginning(body, tag)])
def test_every_way_to_write_the_same_answer_is_read(body: bytes, read: Callable[..., etree._Element]) -> None:
    assert read(body, ANSWER)[0].findtext(f"{{{CLINIC}}}Verdict") == "fine"


def test_nil_and_names_are_told() -> None:
    answer = read_answer(
        envelope('<a:X xmlns:a="urn:a" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1"/>')
    )
    assert (local_name(answer), is_nil(answer)) == ("X", True)
    assert not is_nil(read_answer(envelope('<X nil="true"/>')))


NIL = '<i:Rooms xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><A i:nil="true"/>b<C i:nil="true"/>{}</i:Rooms>'


def test_members_that_only_say_they_are_nil_can_be_left_out() -> None:
    body = envelope(NIL.format('<D i:nil="false"/><E/>'), before='<?xml version="1.0"?>')
    kept = read_answer(without_nil_members(body, sparing="Z"))
    assert (kept.text, [local_name(each) for each in kept]) == ("b", ["D", "E"])


def test_where_the_answer_itself_is_nil_it_stays_so() -> None:
    body = envelope(NIL.format('<D i:nil="true"/>'))
    assert without_nil_members(body, sparing="D") is body
    assert without_nil_members(body, sparing="") is not body


@pytest.mark.parametrize(
    "content",
    [
        '<N><![CDATA[<A i:nil="true"/>]]></N>',
        '<!-- <A i:nil="true"/> -->',
        "<N xmlns:i='urn:other'/>",
        '<N xmlns:i="urn:other"/>',
        "<?run?>",
    ],
)
def test_where_the_bytes_could_mean_something_else_nothing_is_left_out(content: str) -> None:
    body = envelope(NIL.format(content))
    assert without_nil_members(body, sparing="D") is body


NOT_ONE_PLAIN_ANSWER = {
    "nothing": b"",
    "HTML": b"<!doctype html><html><body>Please sign in</body></html>",
    "XHTML": b"<html><body>Maintenance</body></html>",
    "JSON": b'{"error": "gone"}',
    "SOAP 1.2": envelope().replace(ENVELOPE.encode(), b"http://www.w3.org/2003/05/soap-envelope"),
    "envelope without namespace": envelope().replace(b"<s:", b"<").replace(b"</s:", b"</"),
    "no body": f'<s:Envelope xmlns:s="{ENVELOPE}"/>'.encode(),
    "empty body": envelope(""),
    "two answers": envelope(ROOMS + ROOMS),
    "two bodies": envelope().replace(b"</s:Body>", b"</s:Body><s:Body/>"),
    "body before header": envelope().replace(b"</s:Body>", b"</s:Body><s:Header/>"),
    "wrapped body": envelope(f"<s:Body>{ROOMS}</s:Body>"),
    "another envelope inside": envelope(envelope().decode()),
    "other operation": envelope(ROOMS.replace("RoomsResponse", "BedsResponse")),
    "other namespace": envelope(ROOMS.replace(CLINIC, CLINIC + "/")),
    "the request echoed": envelope(f'<Rooms xmlns="{CLINIC}"/>'),
    "text after the end": envelope() + b"<!-- ok --><more/>",
    "empty document type": envelope(before="<!DOCTYPE s:Envelope>"),
    "processing instruction in front": envelope(before='<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>'),
    "processing instruction inside": envelope(ROOMS.replace("Blue", "Blue<?run me?>")),
    "processing instruction behind": envelope() + b"<?run me?>",
    "inclusion": envelope(
        ROOMS.replace("Blue", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>')
    ),
    "entity of nobody": envelope(ROOMS.replace("Blue", "&clinic;")),
    "control character": envelope(ROOMS.replace("Blue", "Bl\x01ue")),
    "character reference to nothing": envelope(ROOMS.replace("Blue", "&#0;")),
    "invalid UTF-8": envelope().replace(b"Blue", b"Bl\xffue"),
    "UTF-16": envelope(before='<?xml version="1.0" encoding="utf-16"?>').decode().encode("utf-16"),
    "UTF-16 without mark": envelope().decode().encode("utf-16-le"),
    "UTF-32": envelope().decode().encode("utf-32-be"),
    "UTF-7 declared": envelope(before='<?xml version="1.0" encoding="UTF-7"?>'),
    "UTF-7": b"+ADwAIQ-DOCTYPE x+AD4-" + envelope(),
    "UTF-16 declared only": envelope(before='<?xml version="1.0" encoding="utf-16"?>'),
    "EBCDIC": envelope(before='<?xml version="1.0" encoding="cp037"?>').decode().encode("cp037"),
    "too deep": envelope("<a>" * 5000 + "</a>" * 5000),
}
DTDS = {
    "billion laughs": '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>",
    "quadratic blow-up": f'<!DOCTYPE l [<!ENTITY i "{"x" * 50_000}">]>',
    "external file": '<!DOCTYPE l [<!ENTITY i SYSTEM "file:///etc/hostname">]>',
    "external address": '<!DOCTYPE l [<!ENTITY i SYSTEM "http://127.0.0.1:1/i">]>',
    "external subset": '<!DOCTYPE l SYSTEM "http://127.0.0.1:1/l.dtd">',
    "parameter entity": '<!DOCTYPE l [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]>',
    "attribute default": '<!DOCTYPE l [<!ATTLIST Room i CDATA "&i;">]>',
}
for name, dtd in DTDS.items():
    laughing = envelope(ROOMS.replace("Blue", "&i;" * 2000), before=dtd)
    NOT_ONE_PLAIN_ANSWER[name] = laughing
    NOT_ONE_PLAIN_ANSWER[f"{name}, declared"] = b'<?xml version="1.0"?>\n' + laughing
    NOT_ONE_PLAIN_ANSWER[f"{name} after a comment"] = b"<!-- hello -->" + laughing
    NOT_ONE_PLAIN_ANSWER[f"{name} in UTF-16"] = laughing.decode().encode("utf-16")
    NOT_ONE_PLAIN_ANSWER[f"{name} inside"] = envelope(dtd + ROOMS)


@pytest.mark.parametrize("body", NOT_ONE_PLAIN_ANSWER.values(), ids=NOT_ONE_PLAIN_ANSWER.keys())
def test_what_is_not_one_plain_answer_is_refused_quickly_without_asking_anyone(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "connect", _nobody_is_asked)
    tracemalloc.start()
    started = time.process_time()
    try:
        with pytest.raises(AnswerUnreadable):
            read_answer(body, ANSWER)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < 0.5  # the aim is 0.1 s; the rest is for a busy machine


def test_every_way_to_cut_an_answer_short_is_refused() -> None:
    whole = envelope(before='<?xml version="1.0" encoding="utf-8"?>')
    for length in range(len(whole)):
        with pytest.raises(AnswerUnreadable):
            read_answer(whole[:length], ANSWER)


def test_the_words_of_an_attack_inside_a_note_are_only_words() -> None:
    note = "&lt;!DOCTYPE x&gt; &lt;?php ?&gt; http://www.w3.org/2001/XInclude"
    answer = read_answer(envelope(ROOMS.replace("Blue", f"{note}<![CDATA[<!DOCTYPE <?run?>]]>")), ANSWER)
    assert answer[0][1][0].text == "<!DOCTYPE x> <?php ?> http://www.w3.org/2001/XInclude<!DOCTYPE <?run?>"


def test_an_answer_beyond_all_measure_is_refused_unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visitsync.connector_kit.soap.MAX_BYTES", 100)
    with pytest.raises(AnswerUnreadable, match="longer than 100 bytes"):
        read_answer(envelope(), ANSWER)


# Faults


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("s:Client", RequestRefused),
        ("Client.Authentication", RequestRefused),
        ("s:Server", TryAgainLater),
        ("a:DeserializationFailed", RequestRefused),
        ("a:ActionNotSupported", OperationUnknown),
        ("a:InternalServiceFault", TryAgainLater),
        ("x:NeverHeardOf", TryAgainLater),
        ("", TryAgainLater),
    ],
)
def test_a_fault_says_what_to_do_next(code: str, error: type[ConnectorError]) -> None:
    with pytest.raises(error) as raised:
        read_answer(fault(code), ANSWER)
    assert type(raised.value) is error


def test_what_a_fault_says_rides_behind_the_error_only() -> None:
    with pytest.raises(TryAgainLater) as raised:
        read_answer(fault("s:Server", "cannot read chart of Ottoline Marsh"), ANSWER)
    cause = raised.value.__cause__
    assert isinstance(cause, Fault)
    assert cause.text == "cannot read chart of Ottoline Marsh"
    assert "Ottoline" not in f"{raised.value} {cause}"


def test_the_member_that_a_server_missed_is_named() -> None:
    with pytest.raises(RequestRefused, match="expected the element Fields"):
        read_answer(fault("a:DeserializationFailed", "of Ottoline Marsh. Expecting element 'Fields'."), ANSWER)


# The beginning of a long answer


def beginning(body: bytes, tag: str = ANSWER) -> etree._Element:
    return read_beginning(body, tag, until_depth=2, skipping=[f"{{{CLINIC}}}Verdict"])


def test_the_beginning_of_a_long_answer_is_read_without_the_rest() -> None:
    rooms = "<Room>Blue</Room>" * 50_000
    body = envelope(ROOMS.replace("<Room>Blue</Room>", rooms))
    result = beginning(body)[0]
    assert result.findtext(f"{{{CLINIC}}}Verdict") == "fine"
    assert len(result[1]) < 1000


@pytest.mark.parametrize(
    "name",
    [
        "billion laughs",
        "processing instruction in front",
        "other operation",
        "other namespace",
        "two bodies",
        "HTML",
        "UTF-16",
    ],
)
def test_a_beginning_is_as_strict_about_what_it_has_seen(name: str) -> None:
    body = NOT_ONE_PLAIN_ANSWER[name]
    with pytest.raises(AnswerUnreadable):
        beginning(body if name != "two bodies" else body.replace(b"Rooms>", b"Verdict>"))


def test_a_fault_is_seen_at_the_beginning_too() -> None:
    detail = "<detail><a><b>stack</b></a></detail></s:Fault>"
    with pytest.raises(OperationUnknown):
        beginning(fault("a:ActionNotSupported").replace(b"</s:Fault>", detail.encode()))


def _nobody_is_asked(*_: object) -> None:
    raise AssertionError("a socket was opened")
