"""`make new-emr NAME` in a copy of the tree: what it writes passes lint, types, walls and its tests as it stands."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from scaffold.naming import BadName, Spellings, checked
from scaffold.writing import TEMPLATE, renamed, write

TREE = Path(__file__).resolve().parents[2]
COPIED = ("visitsync", "scaffold", "tests", "docs", "Makefile", "pyproject.toml", "conftest.py")
NAME = "made_by_a_test"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which the new EMR has been made."""
    tree = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        source = TREE / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(source, tree / name)
    made = run(tree, "-m", "scaffold", NAME)
    assert made.returncode == 0, made.stderr
    assert f"visitsync/connectors/{NAME} is there" in made.stdout
    return tree


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python there, untouched by how these tests themselves are run."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=280, check=False)


def problems(done: subprocess.CompletedProcess[str]) -> str:
    """What a tool complains about; "" where it is content."""
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_its_style_is_the_houses(copy: Path, command: Sequence[str]) -> None:
    assert problems(run(copy, "-m", "ruff", *command, f"visitsync/connectors/{NAME}")) == ""


def test_its_types_are_whole(copy: Path) -> None:
    assert problems(run(copy, "-m", "mypy", f"visitsync/connectors/{NAME}")) == ""


def test_it_is_behind_the_walls(copy: Path) -> None:
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    walls = run(copy, "-c", command)
    assert problems(walls) == ""
    assert "0 broken" in walls.stdout


def test_its_own_tests_and_the_conformance_suite_pass(copy: Path) -> None:
    mine = f"visitsync/connectors/{NAME}"
    quick = "not TheOtherWay and not takes_for_ever"
    assert problems(run(copy, "-m", "pytest", "-x", "-p", "no:xdist", "-k", quick, mine)) == ""


def test_it_is_found_without_being_registered(copy: Path) -> None:
    command = "from visitsync.wiring.cli import main; main()"
    found = run(copy, "-c", command, "simulate", NAME, "--list")
    assert problems(found) == ""
    assert "requests_per_minute" in found.stdout


def test_the_pages_made_from_all_manifests_tell_of_it(copy: Path) -> None:
    pages = ("visitsync/domain/test_reasons.py", "tests/every_cause/test_generated_pages.py")
    assert problems(run(copy, "-m", "pytest", "-p", "no:xdist", "-k", "page", *pages)) == ""
    assert "Made By A Test" in (copy / "docs/vendors.md").read_text()


def test_nothing_of_the_template_is_left(copy: Path) -> None:
    files = [file for file in (copy / "visitsync/connectors" / NAME).rglob("*") if file.suffix != ".pyc"]
    assert len([file for file in files if file.is_file()]) == len(
        [one for one in TEMPLATE.rglob("*.*") if one.is_file()]
    )
    assert not [file for file in files if "examplecharts" in file.name]
    assert not [file for file in files if file.is_file() and "examplecharts" in file.read_text().lower()]


def test_a_name_that_is_taken_changes_nothing(copy: Path) -> None:
    folder = copy / "visitsync/connectors" / NAME
    before = {file: file.read_bytes() for file in folder.rglob("*.py")}
    again = run(copy, "-m", "scaffold", NAME)
    assert again.returncode == 1
    assert again.stderr == f"“{NAME}” cannot be used: visitsync/connectors has a folder of that name.\n"
    assert {file: file.read_bytes() for file in folder.rglob("*.py")} == before


@pytest.mark.parametrize("name", ["zq", "a_name_of_twenty_four_ch"])
def test_a_short_name_and_a_long_one_are_in_style_too(copy: Path, name: str) -> None:
    assert problems(run(copy, "-m", "scaffold", name)) == ""
    try:
        assert problems(run(copy, "-m", "ruff", "check", f"visitsync/connectors/{name}")) == ""
        assert problems(run(copy, "-m", "ruff", "format", "--check", f"visitsync/connectors/{name}")) == ""
    finally:
        shutil.rmtree(copy / "visitsync/connectors" / name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("my-emr", "For instance: my_emr"),
        ("My Emr", "For instance: my_emr"),
        ("../kareo", "For instance: kareo"),
        ("9lives", "For instance: lives"),
        ("_hidden", "small letters, digits and _"),
        ("médecin", "small letters, digits and _"),
        ("a" * 25, "too long"),
        ("class", "a word of the language Python"),
        ("kareo", "there already"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_with_a_better_one(name: str, says: str) -> None:
    with pytest.raises(BadName, match=says):
        checked(name, taken={"kareo": "it is there already"})


def test_a_name_is_spelt_as_its_place_demands() -> None:
    spelt = Spellings("blue_charts")
    in_code = "class ExampleChartsTranslator examplecharts TestExampleCharts"
    assert renamed(in_code, spelt) == "class BlueChartsTranslator blue_charts TestBlueCharts"
    elsewhere = "ExampleCharts' key for https://api.examplecharts.example"
    assert renamed(elsewhere, spelt) == "Blue Charts' key for https://api.blue-charts.example"
    assert renamed("ExampleCharts' lists", Spellings("ab")) == "Ab's lists"


def test_where_nothing_can_be_written_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file")
    with pytest.raises(NotADirectoryError):
        write("there", tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["there"]
