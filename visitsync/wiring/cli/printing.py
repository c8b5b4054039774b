"""How commands speak: tables and colours for a person at a terminal, plain lines in a pipe, JSON for programs."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import click
import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

PLAIN_WIDTH = 120
NEVER_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Control and format characters of a vendor's text could steer the terminal or turn the line around."""


@cache
def console() -> Console:
    """Where people read; without colours and line breaking when the output goes into a pipe or file."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, width=PLAIN_WIDTH, no_color=True)


def say(text: str = "", style: str = "") -> None:
    """One paragraph; square brackets are only text."""
    console().print(Text(text, style=style), soft_wrap=not console().is_terminal)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table; every cell is text, whatever an EMR put into it."""
    shown = Table(box=SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else Text(visible(cell)) for cell in row))
    console().print(shown)


def visible(value: object) -> str:
    """A value as text that cannot do anything to a terminal."""
    text = "" if value is None else str(value)
    if text.isprintable():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_hidden(letter) else letter for letter in text)


def print_json(value: Any) -> None:
    """One JSON document, indented, on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2).decode())


def _is_hidden(letter: str) -> bool:
    return letter not in "\n" and unicodedata.category(letter) in NEVER_SHOWN
