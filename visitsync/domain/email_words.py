"""What people type into an e-mail field when there is no address, and how they mistype the large mail hosts."""

from collections.abc import Mapping

PLACEHOLDER_WORDS: frozenset[str] = frozenset({
    "declined", "donothave", "doesnothave", "emaildeclined", "na", "nil", "no", "noaddress", "nobody", "noe",
    "noemail", "noemailaddress", "noemailgiven", "noemailonfile", "noemailprovided", "nomail", "none", "nonegiven",
    "noneprovided", "noreply", "notapplicable", "notavailable", "notgiven", "notonfile", "notprovided",
    "patientdeclined", "ptdeclined", "refused", "unknown", "xx", "xxx", "xxxx",
})  # fmt: skip
"""Letters and digits only, lower case; as the whole field, or before the @."""

PLACEHOLDER_DOMAINS: frozenset[str] = frozenset({
    "declined.com", "fake.com", "na.com", "na.na", "no.com", "no.no.com", "noemail.com", "noemail.net", "noemail.org",
    "nomail.com", "none.com", "none.net", "none.none", "none.org", "noone.com", "nowhere.com", "refused.com",
    "unknown.com", "xxx.com",
})  # fmt: skip

MISTYPED_ENDINGS: Mapping[str, str] = {
    "cim": "com", "cmo": "com", "comm": "com", "con": "com", "conm": "com", "coom": "com", "cpm": "com", "copm": "com",
    "ocm": "com", "vom": "com", "xom": "com", "dom": "com", "ent": "net", "nte": "net", "nett": "net", "ney": "net",
    "ogr": "org", "orgg": "org", "eud": "edu", "eduu": "edu",
}  # fmt: skip
"""Endings that no registry offers, and what was meant."""

_SLIPS: Mapping[str, tuple[str, ...]] = {
    "gmail.com": (
        "gmial.com", "gmal.com", "gmai.com", "gmil.com", "gamil.com", "gnail.com", "gmaill.com", "gmaail.com",
        "ggmail.com", "gmmail.com", "gmail.co", "gmaul.com", "gmali.com", "gmall.com", "gemail.com", "gimail.com",
        "gmsil.com", "gmeil.com", "gmaol.com", "g-mail.com", "gmail.cm", "gmail.om", "gmail.c0m", "googlemail.co",
    ),
    "yahoo.com": (
        "yaho.com", "yahooo.com", "yhoo.com", "yahho.com", "yhaoo.com", "yaoo.com", "yahu.com", "yahoo.co", "yahoo.cm",
        "yahoo.om", "ayhoo.com", "yajoo.com", "uahoo.com",
    ),
    "hotmail.com": (
        "hotmial.com", "hotmal.com", "hotmai.com", "hotmil.com", "hotamil.com", "hotnail.com", "hotmaill.com",
        "hotmall.com", "hormail.com", "htmail.com", "hotmail.co", "hotmail.cm", "homail.com", "otmail.com",
    ),
    "outlook.com": (
        "outlok.com", "outloo.com", "outllook.com", "outook.com", "outloook.com", "oulook.com", "outlook.co",
        "outlook.cm", "putlook.com",
    ),
    "icloud.com": (
        "iclod.com", "iclud.com", "icoud.com", "icloud.co", "icloud.cm", "iclould.com", "icluod.com", "i-cloud.com",
        "icould.com",
    ),
    "aol.com": (
        "aol.co", "aol.cm", "aoll.com", "aool.com",
    ),
    "comcast.net": (
        "comcst.net", "concast.net", "comast.net", "comcat.net",
    ),
    "verizon.net": (
        "verison.net", "verzon.net",
    ),
}  # fmt: skip

MISTYPED_DOMAINS: Mapping[str, str] = {slip: meant for meant, slips in _SLIPS.items() for slip in slips}
"""Domain as typed → the mail host that was meant. Only slips that hardly anybody owns and uses for mail."""
