"""What a connector may be called, and how its name is written in code, addresses and words for staff."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 24
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class BadName(ValueError):
    """The name cannot be used; the message says why, and where there is one, which could."""


@dataclass(frozen=True)
class Spellings:
    """One name, for instance `acme_charts`."""

    module: str
    """acme_charts"""

    @property
    def in_classes(self) -> str:
        """AcmeCharts"""
        return "".join(part.capitalize() for part in self.module.split("_"))

    @property
    def for_staff(self) -> str:
        """Acme Charts"""
        return " ".join(part.capitalize() for part in self.module.split("_"))

    @property
    def in_addresses(self) -> str:
        """acme-charts"""
        return self.module.replace("_", "-")


def checked(name: str, *, taken: Mapping[str, str]) -> str:
    """The same name. `taken`: names that cannot be had, and why. Raises BadName."""
    if not _NAME.fullmatch(name):
        raise BadName(
            f"“{name}” is no name for a folder of Python: use small letters, digits and _.{_suggestion(name)}"
        )
    if len(name) > LONGEST:
        raise BadName(f"“{name}” is too long: at most {LONGEST} characters.")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise BadName(f"“{name}” is a word of the language Python.")
    if name in taken:
        raise BadName(f"“{name}” cannot be used: {taken[name]}.")
    return name


def _suggestion(name: str) -> str:
    """The nearest name that could be used, as a sentence."""
    near = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")[:LONGEST].strip("_")
    return f" For instance: {near}" if _NAME.fullmatch(near) else ""
