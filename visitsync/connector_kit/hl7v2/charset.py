"""Which characters a message's bytes are: what it declares is often missing or wrong (hl7v2 reference, section 2)."""

# Table 0211. An eight-bit set never fails to decode, so it is believed only where the bytes are no UTF-8.
EIGHT_BIT = {
    "8859/1": "cp1252",
    "8859/2": "iso8859-2",
    "8859/3": "iso8859-3",
    "8859/4": "iso8859-4",
    "8859/5": "iso8859-5",
    "8859/6": "iso8859-6",
    "8859/7": "iso8859-7",
    "8859/8": "iso8859-8",
    "8859/9": "iso8859-9",
    "8859/15": "iso8859-15",
}
SEVERAL_BYTES = {
    "ISO IR14": "iso2022_jp_ext",
    "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_2",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "CNS 11643-1992": "euc_tw",
    "BIG-5": "big5",
    "UNICODE UTF-16": "utf-16",
}
_TO_KANJI, _JAPANESE = b"\x1b$", "iso2022_jp_ext"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decoded(body: bytes) -> str:
    """The text of a message; never fails. Order: UTF-8, what MSH-18 declares, else cp1252."""
    if body[:2] in _UTF_16_MARKS:
        return body.decode("utf-16", "replace")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _decoded_as_declared(body)
    return _decoded_as_declared(body) if b"\x1b" in body else text


def declared_charset(body: bytes) -> str:
    """MSH-18 of a message in some eight-bit or multi-byte set, upper case: its first repetition that names one.

    In Japan the first is empty, for ASCII, and the second names what names are written in.
    """
    start = max(body.find(b"MSH"), 0)
    header = body[start : start + 2_000].replace(b"\n", b"\r").partition(b"\r")[0]
    fields = header.split(header[3:4] or b"|")
    declared = fields[17] if len(fields) > 17 else b""
    named = [each.strip().upper() for each in declared.decode("latin-1").split("~")]
    return next((each for each in named if each in EIGHT_BIT or each in SEVERAL_BYTES), "")


def _decoded_as_declared(body: bytes) -> str:
    declared = declared_charset(body)
    codec = EIGHT_BIT.get(declared) or SEVERAL_BYTES.get(declared) or "cp1252"
    for candidate in (_JAPANESE if _TO_KANJI in body else codec, codec, "cp1252"):
        try:
            return body.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("latin-1")
