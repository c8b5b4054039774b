"""Trials of reading messages as text: delimiters, line ends, escapes, charsets, frames and batches."""

import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.hl7v2.delimiters import USUAL, Delimiters
from visitsync.connector_kit.hl7v2.escapes import unescaped
from visitsync.connector_kit.hl7v2.message import NotReadable, read_message
from visitsync.connector_kit.hl7v2.sample import AIL, AIP, AIS, MSH, PID, SCH, adt, appointment, patient, segment, siu
from visitsync.connector_kit.hl7v2.saved_files import page_from_file
from visitsync.connector_kit.hl7v2.splitting import messages_in


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r\n", b"\r \t"])
def test_segments_may_end_in_any_way(end: bytes) -> None:
    assert appointment(siu().replace(b"\r", end)) == appointment(siu())


def test_the_last_line_end_may_be_missing_and_blanks_may_surround() -> None:
    assert appointment(b"\r\n  " + siu().rstrip(b"\r")) == appointment(siu())


def test_delimiters_are_read_from_the_message() -> None:
    message = siu().replace(b"~", b"%").replace(b"^", b"@@").replace(b"|", b"$").replace(b"@@", b"!")
    message = message.replace(b"MSH$!%\\&", b"MSH$!%\\+")
    read = read_message(message)
    assert read.delimiters == Delimiters("$", "!", "%", "\\", "+")
    assert appointment(message).patient_id == "8801"
    assert patient(message).email == "adaeze.okonkwo@example.com"


def test_delimiters_in_the_wrong_order_mean_the_usual_ones() -> None:
    message = siu().replace(b"|^~\\&|", b"|^~&\\|").replace(b"Adaeze", b"Adaeze \\T\\ Co")
    assert read_message(message).delimiters == USUAL
    assert patient(message).first_name == "Adaeze & Co"


@pytest.mark.parametrize("declared", [b"^~\\&#", b"^~\\", b"^~&", b"^~\\\\&", b"^", b""])
def test_msh_2_may_be_longer_or_shorter(declared: bytes) -> None:
    assert appointment(siu().replace(b"|^~\\&|", b"|" + declared + b"|")).patient_id == "8801"


@pytest.mark.parametrize(
    "body", [b"", b"MSH", b"MSHA", b"MSH A", b"MSH|^^^^|", b"PID|1", b"hello MSH|^~\\&|", b"MSH|abcd|"]
)
def test_what_is_no_message_is_not_readable(body: bytes) -> None:
    with pytest.raises(NotReadable):
        read_message(body)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"A\F\B\S\C\T\D\R\E\E\F", r"A|B^C&D~E\F"),
        (r"first\.br\second", "first\nsecond"),
        (r"first\X0A\second", "first\nsecond"),
        (r"\X0D0A\x", "\r\nx"),
        (r"caf\XC3A9\ ", "café "),
        (r"caf\XE9\ ", "café "),
        (r"\H\bold\N\ text", "bold text"),
        (r"\Zlocal\ stays", r"\Zlocal\ stays"),
        (r"\C2842\text", "text"),
        ("ends with one \\", "ends with one \\"),
        (r"path C:\temp", r"path C:\temp"),
        (r"\X0\ odd", r"\X0\ odd"),
        (r"\P\1", "#1"),
    ],
)
def test_escapes(written: str, meant: str) -> None:
    assert unescaped(written, USUAL) == meant


def test_escapes_stand_for_the_delimiters_of_their_own_message() -> None:
    assert unescaped("a?S?b?F?c", Delimiters("!", "@", "%", "?", "$")) == "a@b!c"


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("", "utf-8"),
        ("UNICODE UTF-8", "utf-8"),
        ("8859/1", "utf-8"),  # says one thing and sends another
        ("ASCII", "utf-8"),
        ("", "cp1252"),
        ("8859/1", "latin-1"),
        ("8859/15", "iso8859-15"),
        ("8859/2~UNICODE UTF-8", "iso8859-2"),
        ("UNICODE UTF-8", "cp1252"),
        ("nonsense", "cp1252"),
    ],
)
def test_characters_whatever_is_declared(declared: str, codec: str) -> None:
    message = adt(msh={18: declared}, pid={5: "Größe^Zoë"}).decode().encode(codec)
    assert (patient(message).last_name, patient(message).first_name) == ("Größe", "Zoë")


@pytest.mark.parametrize("declared", ["~ISO IR87", "ISO IR6~ISO IR87", "ASCII", ""])
def test_japanese_characters_are_read_wherever_they_are_declared(declared: str) -> None:
    message = adt(msh={18: declared}, pid={5: "見本^花子^^^^^L^I"}).decode().encode("iso2022_jp")
    assert (patient(message).last_name, patient(message).first_name) == ("見本", "花子")


def test_a_mark_of_byte_order_is_passed_over() -> None:
    assert appointment(b"\xef\xbb\xbf" + siu()).patient_id == "8801"


def test_a_segment_glued_to_the_patient_is_told_apart() -> None:
    glued = siu().replace(b"example.com\r", b"example.comNK1|1|Okonkwo^Chidi|SPO||^NET^Internet^chidi@example.net\r", 1)
    found = patient(glued)
    assert found.email == "adaeze.okonkwo@example.com"
    assert found.other_emails == (("next of kin", "chidi@example.net"),)


def test_a_line_break_inside_a_note_breaks_nothing() -> None:
    message = siu("S12", "NTE|1||first line\nsecond line by zoom", segment("AIS", AIS), segment("AIP", AIP))
    found = appointment(message)
    assert found.practitioner_id == "57"
    assert found.video_words == ("zoom",)


def test_segments_of_ones_own_and_unknown_fields_are_passed_over() -> None:
    message = siu("S12", "ZPV|x|y^z", segment("AIP", AIP) + "|||||new|fields", "ZCS|1", segment("AIS", AIS), "XYZ|1")
    assert appointment(message).practitioner_id == "57"


def test_msh_9_counts_by_its_first_two_parts_and_evn_helps_out() -> None:
    assert appointment(siu(msh={9: "SIU^S15^SIU_S15"})).status_text == "Booked"
    only_type = siu(msh={9: "ADT"}).replace(b"\rSCH", b"\rEVN|A08\rSCH")
    assert read_message(only_type).event == "A08"


FRAME = b"\x0b%b\x1c\r"


@pytest.mark.parametrize(
    "file",
    [
        siu() + adt() + siu("S15"),
        FRAME % siu() + FRAME % adt() + FRAME % siu("S15"),
        b"\n\n".join((siu(), adt(), siu("S15"))),
        b"FHS|^~\\&|A|B\rBHS|^~\\&|A|B\r" + siu() + adt() + siu("S15") + b"BTS|3\rFTS|1\r",
        b"BHS|^~\\&\r\n" + siu().replace(b"\r", b"\r\n") + adt() + siu("S15") + b"BTS|3",
        siu().rstrip(b"\r") + adt().rstrip(b"\r") + siu("S15"),
        b"POST /hl7 HTTP/1.1\r\nContent-Type: x-application/hl7-v2+er7\r\n\r\n" + siu() + adt() + siu("S15"),
        b"\xef\xbb\xbf\r\n" + siu() + adt() + siu("S15") + b"\x1a",
    ],
)
def test_a_file_of_several_messages_is_taken_apart(file: bytes) -> None:
    read = [read_message(each) for each in messages_in(page_from_file(file).body)]
    assert [each.event for each in read] == ["S12", "A08", "S15"]
    assert read[1].first("PID").value(3) == "8801"
    assert "BTS" not in read[2].names


def test_a_message_copied_out_of_a_program_is_read() -> None:
    spelt = b'"' + siu().replace(b"\\", b"\\\\").replace(b"\r", b"\\r") + b'"'
    (message,) = messages_in(page_from_file(spelt).body)
    assert appointment(message) == appointment(siu())
    in_lines = siu("S12", r"NTE|1||a\T\b").replace(b"\\", b"\\\\").replace(b"\r", b"\n")
    (message,) = messages_in(page_from_file(in_lines).body)
    assert read_message(message).first("NTE").text(3) == "a&b"


@pytest.mark.parametrize(("end", "marks"), [("&#xd;", "^~\\&amp;"), ("&#13;", "^~\\&amp;"), ("<CR>\n", "^~\\&")])
def test_a_message_copied_out_of_xml_or_a_document_is_read(end: str, marks: str) -> None:
    written = siu("S12", segment("AIS", AIS)).decode().replace("^~\\&", marks).replace("\r", end)
    (message,) = messages_in(page_from_file(f"<VT>{written}<FS>{end}".encode()).body)
    assert appointment(message) == appointment(siu("S12", segment("AIS", AIS)))


@pytest.mark.parametrize("line", ['"{}\\r" +', "  '{}\\r\\n',", '"{}\\r"', "`{}`,"])
def test_lines_of_a_program_are_read(line: str) -> None:
    segments = siu().decode().replace("\\", "\\\\").rstrip("\r").split("\r")
    (message,) = messages_in(page_from_file("\n".join(line.format(each) for each in segments).encode()).body)
    assert appointment(message) == appointment(siu())


def test_a_file_in_utf_16_is_read() -> None:
    (message,) = messages_in(page_from_file(siu().decode().encode("utf-16")).body)
    assert appointment(message) == appointment(siu())


@pytest.mark.parametrize(
    ("file", "word"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b'<SIU_S12 xmlns="urn:hl7-org:v2xml"><MSH/></SIU_S12>', "XML"),
        (b"<html></html>", "web page"),
        (b'{"resourceType": "Appointment"}', "JSON"),
        (b"a,b,c\n1,2,3\n", "begins with"),
        (b"PID|1||5\rPV1|1\r", "begins with"),
    ],
)
def test_what_is_no_file_of_messages_is_named(file: bytes, word: str) -> None:
    with pytest.raises(AnswerUnreadable, match=word):
        page_from_file(file)


def test_reprs_show_no_values() -> None:
    message = read_message(siu())
    assert repr(message) == "Message(SIU^S12, 7 segments)"
    assert "Okonkwo" not in repr(message.first("PID"))


def test_samples_are_complete() -> None:
    assert {3, 4, 7, 9, 10} <= set(MSH)
    assert all(each[1] == "1" for each in (PID, AIS, AIL, AIP))
    assert SCH[25] == "Booked"
