"""What a reader reads of a page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any


def words_of(answer: Any) -> str:
    """All text of an answer of Django's test client, in one line."""
    page = re.sub(r"<(script|style|head).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).replace(" ,", ",").split())
