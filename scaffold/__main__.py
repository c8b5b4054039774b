"""`make new-emr NAME`: writes the folder of a pretend vendor under that name; it passes every test as it stands."""

import os
import subprocess
import sys
from pathlib import Path

from scaffold.naming import BadName, checked
from scaffold.writing import write

HOUSE = Path(__file__).resolve().parent.parent
CONNECTORS = HOUSE / "visitsync" / "connectors"
USAGE = "Say what the EMR is to be called here: make new-emr NAME"
NEXT = """\
visitsync/connectors/{name} is there: a connector for a pretend vendor, which passes everything as it stands.
The pages of docs/ that are made from all manifests tell of it.

  make test ARGS="visitsync/connectors/{name}"    # its own tests: a minute
  .venv/bin/visitsync simulate {name}             # the pretend vendor, to connect to

docs/how-to/add-an-emr.md says which file to make real first, and which tests then turn red and green.
"""


def main(arguments: list[str]) -> None:
    """Ends with a sentence, and nothing written, where the name cannot be used."""
    if len(arguments) != 1 or not arguments[0]:
        sys.exit(USAGE)
    try:
        name = checked(arguments[0], taken=_taken())
        folder = write(name, CONNECTORS)
    except BadName as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}.")
    _tidy(folder)
    _write_pages()
    print(NEXT.format(name=name))


def _taken() -> dict[str, str]:
    """Names that cannot be had, and why."""
    makefile = (HOUSE / "Makefile").read_text()
    goals = {line.partition(":")[0] for line in makefile.splitlines() if line[:1].isalpha() and ":" in line}
    folders = {entry.name for entry in CONNECTORS.iterdir()}
    return dict.fromkeys(goals, "make has a goal of that name") | dict.fromkeys(
        folders, "visitsync/connectors has a folder of that name"
    )


def _tidy(folder: Path) -> None:
    """Lines that a longer or shorter name fills otherwise are broken otherwise."""
    try:
        for command in (("check", "--select", "I", "--fix"), ("format",)):
            subprocess.run([sys.executable, "-m", "ruff", *command, "--quiet", str(folder)], cwd=HOUSE, check=True)
    except (OSError, subprocess.CalledProcessError):
        print(f"Its lines could not be arranged. That is for looks only; later: ruff format {folder}\n")


def _write_pages() -> None:
    """Some pages are made from all manifests, and a test sees to it that they are."""
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    for generator in sorted((HOUSE / "docs").glob("generate_*.py")):
        subprocess.run([sys.executable, str(generator)], cwd=HOUSE, env=environment, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
