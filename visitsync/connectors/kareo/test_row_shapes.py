"""Rows that are not parsed mean what a parser says they mean, or are parsed after all."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.connector_kit.errors import ConnectorError
from visitsync.connector_kit.pages import RawRecord, UnreadableRecord
from visitsync.connectors.kareo.contract import REPLIES
from visitsync.connectors.kareo.elements import names_of
from visitsync.connectors.kareo.fixtures import records, row, saved, split
from visitsync.connectors.kareo.listed_rows import AlikeRows
from visitsync.connectors.kareo.plain_list import cut
from visitsync.connectors.kareo.row_shapes import RowShapes

BEFORE, AFTER = row().split(b"<AppointmentData>")[0], row().split(b"</AppointmentData>")[1]
ORDINARY = "<ID>7</ID><PatientID>9</PatientID><StartDate>12/1/2026 9:00:00 AM</StartDate>"


def answer(*rows: str) -> bytes:
    """A list with these rows, given as what stands between their tags."""
    written = "".join(f"<AppointmentData>{each}</AppointmentData>" for each in rows)
    return BEFORE + written.encode(errors="surrogatepass") + AFTER


def pieces(*rows: str) -> list[bytes]:
    """The bytes of these rows in an answer."""
    plain = cut(answer(ORDINARY, *rows), REPLIES["GetAppointments"])
    assert plain is not None
    return plain.rows[1:]


def learned(row: bytes) -> RowShapes:
    """The shapes of an answer that has only this row."""
    rows = AlikeRows(BEFORE + row + b"</AppointmentData>" + AFTER, "GetAppointments", "")
    shapes = RowShapes()
    shapes.learn(row, rows.element(row), names_of(REPLIES["GetAppointments"]))
    return shapes


def parsed_whole(body: bytes) -> bytes:
    """The same answer, written so that it cannot be cut into rows."""
    commented = body.replace(b"Body>", b"Body><!-- not plain -->", 1)
    assert cut(commented, REPLIES["GetAppointments"]) is None
    return commented


def outcome(body: bytes) -> list[RawRecord | UnreadableRecord] | str:
    try:
        return split(body)
    except ConnectorError as error:
        return type(error).__name__


ODD_TEXTS = (
    *(
        "",
        " ",
        "True",
        "x&#13;y",
        "&#x41;&apos;",
        "&nbsp;",
        "&#0;",
        "&#55296;",
        "]]>",
        "a>b",
        "> ",
        "\r\n",
        "\t",
        "<b/>",
    ),
    *("<!-- <Q>5</Q> -->5", "<![CDATA[5]]>", "<?x?>", "</AppointmentData><AppointmentData>", "</Appointments>"),
)
TEXTS = st.one_of(
    st.text("abc é&☎>", max_size=8).map(lambda text: text.replace("&", "&amp;")),
    st.text(max_size=12).map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    st.sampled_from(ODD_TEXTS),
)
NAMES = st.sampled_from([*["ID", "Notes", "PatientFullName", "Recurring", "Unheard", "SSN"] * 4, "a:b"])
ATTRIBUTES = st.sampled_from([*[""] * 12, ' i:nil="true"', ' x="a>b"', ' xmlns="urn:other"', ' xmlns:a="urn:a"'])


@st.composite
def rows(draw: st.DrawFn) -> list[str]:
    """A few rows; some of them written like the first, with other texts."""
    shape = draw(st.lists(st.tuples(NAMES, ATTRIBUTES, st.booleans()), max_size=4))
    blank = draw(st.sampled_from(["", "", "\n  "]))
    written = []
    for _ in range(draw(st.integers(1, 4))):
        members = (
            shape if draw(st.booleans()) else draw(st.lists(st.tuples(NAMES, ATTRIBUTES, st.just(True)), max_size=3))
        )
        texts = [draw(TEXTS) for _ in members]
        written.append(
            ORDINARY
            + "".join(
                f"{blank}<{name}{attributes}>{text}</{name}>" if is_filled else f"<{name}{attributes}/>"
                for (name, attributes, is_filled), text in zip(members, texts, strict=True)
            )
        )
    return written


@given(rows())
def test_it_makes_no_difference_whether_rows_are_parsed(rows: Sequence[str]) -> None:
    body = answer(*rows)
    assert outcome(body) == outcome(parsed_whole(body))


@given(rows(), st.data())
def test_nor_where_bytes_are_damaged(rows: Sequence[str], data: st.DataObject) -> None:
    body = bytearray(answer(*rows))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(len(BEFORE), len(body) - len(AFTER)))
        body[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    assert outcome(bytes(body)) == outcome(parsed_whole(bytes(body)))


def test_a_row_written_like_another_is_not_parsed() -> None:
    first, second = pieces(ORDINARY, ORDINARY.replace("7", "8").replace("9:00", "10:00"))
    assert RowShapes().read(first) is None
    assert learned(first).read(second) == {"ID": "8", "PatientID": "9", "StartDate": "12/1/2026 10:00:00 AM"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Fern &amp; Sons", "Fern & Sons"), ("&quot;a&quot;", '"a"'), ("line&#xD;\nline", "line\r\nline"), ("é ☎", "é ☎")],
)
def test_references_stand_for_their_characters(text: str, meant: str) -> None:
    first, second = pieces("<Notes>a</Notes>", f"<Notes>{text}</Notes>")
    assert learned(first).read(second) == {"Notes": meant}


@pytest.mark.parametrize("text", ["\u00a0", "a\u200db", "a]]>b", "&nbsp;", "&#7;", "x\x07", "\ufffe"])
def test_a_text_that_needs_a_parser_is_left_to_one(text: str) -> None:
    first, second = pieces("<Notes>a</Notes>", f"<Notes>z{text}</Notes>")
    assert learned(first).read(second) is None


@pytest.mark.parametrize(
    "tricky",
    [
        "<!-- <Q>5</Q> --><ID><![CDATA[5]]></ID>",
        '<Q x="a>5">5</Q>',
        "<Q>a>b</Q>",
        "<Q> 5</Q>",
        "<Q>5<!-- --></Q>",
        "<Q/>",
    ],
)
def test_a_row_whose_texts_could_stand_elsewhere_is_no_example(tricky: str) -> None:
    (only,) = pieces(tricky)
    assert learned(only).read(only) is None


def test_names_of_patients_are_in_no_record() -> None:
    named = f"{ORDINARY}<PatientFullName>Wren Halloway</PatientFullName>"
    assert not any(b"Halloway" in one.body for one in records(answer(named, named, named)))


@pytest.mark.parametrize("name", ["getappointments_2021", "getappointments_today", "getappointments_phantom"])
def test_saved_answers_read_the_same_either_way(name: str) -> None:
    body = saved(name)
    assert outcome(body) == outcome(parsed_whole(body))
