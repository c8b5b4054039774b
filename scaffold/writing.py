"""Copies the pretend vendor's folder under a new name."""

import re
import shutil
from pathlib import Path

from scaffold.naming import Spellings

TEMPLATE = Path(__file__).parent / "examplecharts"
NOT_COPIED = ("__pycache__", "*.pyc")

_IN_ADDRESSES = re.compile(r"(?<=api\.)examplecharts(?=\.example)")
_IN_CLASSES = re.compile(r"(?<=Test)ExampleCharts|ExampleCharts(?=[A-Z][a-z])")
_OWNING = re.compile(r"ExampleCharts'(?!s)")


def write(name: str, where: Path) -> Path:
    """Writes the folder `where`/`name` and returns it. Raises OSError, and then leaves nothing behind.

    It gets its name last: who lists the connectors meanwhile never sees half of one.
    """
    spelt, unfinished = Spellings(name), where / f".{name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        shutil.copytree(TEMPLATE, unfinished, ignore=shutil.ignore_patterns(*NOT_COPIED))
        for file in sorted(unfinished.rglob("*")):
            if file.is_file():
                file.write_text(renamed(file.read_text(), spelt))
                file.rename(file.with_name(renamed(file.name, spelt)))
        return unfinished.rename(where / name)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def renamed(text: str, spelt: Spellings) -> str:
    """A text about the pretend vendor as one about this EMR."""
    text = _IN_ADDRESSES.sub(spelt.in_addresses, text)
    text = _IN_CLASSES.sub(spelt.in_classes, text)
    text = _OWNING.sub(spelt.for_staff + ("'" if spelt.for_staff.endswith("s") else "'s"), text)
    return text.replace("ExampleCharts", spelt.for_staff).replace("examplecharts", spelt.module)
