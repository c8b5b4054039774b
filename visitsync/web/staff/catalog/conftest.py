"""What the tests of these pages share: addresses, and asking for a change as a form does."""

import html
import re

from django.http import HttpResponseBase
from django.test import Client

from tests.stage.clinic import Clinics

HOME = "/p/larkspur/types"
TABS = ("", "/locations", "/providers", "/settings", "/changes")


def ask(clinics: Clinics, act: str, **given: str | list[str]) -> dict[str, str | list[str]]:
    """The values of a wish about Larkspur's connection."""
    return {"act": act, "connection": str(clinics.opened["larkspur"].connection_id), **given}


def change(client: Client, clinics: Clinics, act: str, **given: str | list[str]) -> str:
    """Previews, carries out, and gives the text of the page that one is led to."""
    wish = ask(clinics, act, **given)
    preview = client.get(f"{HOME}/preview", wish)
    assert preview.status_code == 200, text_of(preview)
    answer = client.post(f"{HOME}/carry-out", wish)
    assert answer.status_code == 302
    return text_of(client.get(answer.headers["Location"]))


def text_of(answer: HttpResponseBase) -> str:
    """What one reads, without tags, blanks drawn together."""
    content = getattr(answer, "content", b"").decode()
    body = re.sub(r"(?s)<(script|svg|head).*?</\1>", " ", content)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
