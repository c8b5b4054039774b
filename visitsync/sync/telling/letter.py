"""A telling as an e-mail: plain text, and the same as simple HTML in the colours of our pages, with nothing to load."""

import re
import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

import msgspec

from visitsync.domain.email_address import EmailProblem, verdict
from visitsync.domain.telling_choices import Kind
from visitsync.storage.tellings import Telling

LONGEST_NAME = 80
NAME = "Visitsync"
ALL_CLEAR = "All clear"
BUTTONS = {Kind.DIGEST: "See the visits", Kind.WARNING: "See what needs you", Kind.ALARM: "See the connection"}
WHY = {
    Kind.DIGEST: "You get this overview every morning on which the practice is open.",
    Kind.WARNING: "You get this because a visit begins soon and is not ready.",
    Kind.ALARM: "You get this because a connection to the practice's EMR is not as usual.",
}
WHY_ALL_CLEAR = "You get this because you were told of it before."


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """Where a letter leads: absolute addresses of our pages."""

    more: str
    choices: str
    stop: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """From whom and to whom."""

    sender: str
    """An address."""
    recipient: str
    """An address."""
    practice_name: str

    def __repr__(self) -> str:
        return "Envelope()"


def letter(telling: Telling, envelope: Envelope, links: Links, *, now: datetime) -> EmailMessage:
    """The mail. Raises ValueError where an address is none, as with a line break in it."""
    message = EmailMessage(policy=SMTP)
    practice = one_line(envelope.practice_name)
    message["Subject"] = f"{one_line(telling.title, longest=160)} – {practice}"
    message["From"] = Address(NAME, addr_spec=envelope.sender)
    message["To"] = _one_address(envelope.recipient)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{telling.telling_id}@{envelope.sender.rpartition('@')[2]}>"
    message["List-Unsubscribe"] = f"<{links.stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_text(telling, practice, links), cte="quoted-printable")
    message.add_alternative(html(telling, practice, links), subtype="html", cte="quoted-printable")
    return message


def one_line(text: str, *, longest: int = LONGEST_NAME) -> str:
    """A text that somebody typed, fit for a header: no line breaks, control or direction characters, not endless."""
    visible = "".join(" " if unicodedata.category(letter) in _UNSEEN else letter for letter in text[: longest * 8])
    short = re.sub(r"\s+", " ", visible).strip()
    return short if len(short) <= longest else f"{short[: longest - 1].rstrip()}…"


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def _one_address(text: str) -> Address:
    """Anything but one well-formed address is refused: of several, each would get the mail."""
    username, _, domain = text.rpartition("@")
    if not username or verdict(text).problem in _NO_ADDRESS:
        raise ValueError("This is no address.")
    return Address(username=username, domain=domain)


_NO_ADDRESS = frozenset(EmailProblem) - {EmailProblem.MISTYPED, EmailProblem.PLACEHOLDER}


def _text(telling: Telling, practice: str, links: Links) -> str:
    kind = Kind(telling.kind)
    return "\n".join(
        [
            telling.title,
            practice,
            "",
            *telling.lines,
            "",
            f"{BUTTONS[kind]}: {links.more}",
            "",
            "-- ",
            WHY_ALL_CLEAR if telling.is_all_clear else WHY[kind],
            f"Choose what you are told: {links.choices}",
            f"Stop these e-mails: {links.stop}",
            "",
        ]
    )


def html(telling: Telling, practice: str, links: Links) -> str:
    """The HTML part: our colours in light and dark, everything in it, nothing from anywhere."""
    kind = Kind(telling.kind)
    lines = "".join(f'<p class="line" style="margin:0 0 8px">{escape(line)}</p>' for line in telling.lines)
    return _HTML.format(
        tone=_TONES["clear" if telling.is_all_clear else kind],
        kind=escape(_HEADS["clear" if telling.is_all_clear else kind]),
        title=_headed(telling),
        practice=escape(practice),
        lines=lines,
        more=escape(links.more),
        button=escape(BUTTONS[kind]),
        why=escape(WHY_ALL_CLEAR if telling.is_all_clear else WHY[kind]),
        choices=escape(links.choices),
        stop=escape(links.stop),
    )


def _headed(telling: Telling) -> str:
    """What is all clear is said above it already; each day has a line, and a time its half of the day beside it."""
    title = telling.title
    if telling.is_all_clear:
        title = title.removeprefix(f"{ALL_CLEAR}: ")
        title = title[:1].upper() + title[1:]
    return escape(re.sub(r"(?<=\d) (?=[AP]M\b)", "\u00a0", title)).replace(" · ", "<br>")


_HEADS = {
    Kind.DIGEST: "Your morning overview",
    Kind.WARNING: "Not ready",
    Kind.ALARM: "Connection",
    "clear": ALL_CLEAR,
}
_TONES = {Kind.DIGEST: "accent", Kind.WARNING: "fix", Kind.ALARM: "hold", "clear": "ready"}
_SANS = "-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif"
_HTML = (
    """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
.accent{{color:#0b6170}} .fix{{color:#a32a1d}} .hold{{color:#64389a}} .ready{{color:#17643a}}
@media (prefers-color-scheme: dark) {{
  .paper{{background:#121619 !important}} .card{{background:#1a1f23 !important;border-color:#2e363c !important}}
  .ink,.line{{color:#e9ecee !important}} .soft,.soft a{{color:#a9b4bc !important}}
  .accent{{color:#74c7d3}} .fix{{color:#f5a094}} .hold{{color:#c9aaf0}} .ready{{color:#7fd3a0}}
  .button{{background:#74c7d3 !important;color:#06262c !important}}
}}
</style>
</head>
<body class="paper" style="margin:0;padding:0;background:#f6f5f1">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="paper" style="background:#f6f5f1;table-layout:fixed">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;table-layout:fixed;overflow-wrap:anywhere;font-family:SANS;font-size:15px;line-height:1.55;text-align:left">
<tr><td class="soft" style="padding:0 4px 16px;color:#515c65;font-size:13px"><strong class="ink" style="color:#1b2227">Visitsync</strong> &middot; <bdi>{practice}</bdi></td></tr>
<tr><td class="card" style="background:#ffffff;border:1px solid #e2dfd7;border-radius:16px;padding:28px">
<p class="{tone}" style="margin:0 0 8px;font-size:13px;font-weight:600">{kind}</p>
<h1 class="ink" style="margin:0 0 16px;font-size:22px;line-height:1.3;color:#1b2227">{title}</h1>
<div class="ink" style="color:#1b2227">{lines}</div>
<p style="margin:24px 0 0"><a href="{more}" class="button" style="display:inline-block;padding:12px 20px;border-radius:10px;background:#0b6170;color:#ffffff;font-weight:600;text-decoration:none">{button}</a></p>
</td></tr>
<tr><td class="soft" style="padding:20px 4px 0;color:#515c65;font-size:13px">
<p class="soft" style="margin:0 0 6px">{why}</p>
<p class="soft" style="margin:0"><a href="{choices}" style="color:#515c65">Choose what you are told</a> &middot; <a href="{stop}" style="color:#515c65">Stop these e-mails</a></p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""  # noqa: E501  # mail programs want tables and styles in place
).replace("SANS", _SANS)
