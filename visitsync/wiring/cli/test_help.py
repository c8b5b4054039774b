"""Every command helps, with an example, and nothing ends in a traceback."""

from collections.abc import Iterator

import click
import pytest

from visitsync.wiring.cli import run
from visitsync.wiring.cli import visitsync as root


def _tree(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _tree(child, (*path, name))


COMMANDS = [path for path in _tree(root, ()) if path]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example" in shown
    example = shown.split("Example", 1)[1]
    assert f"visitsync {' '.join(path)}" in example


def test_the_first_page_lists_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {path[0]}" in shown for path in COMMANDS)
    assert "Exit codes" in shown


@pytest.mark.parametrize(
    ("arguments", "code"), [(["nonsense"], 2), (["why", "lakeside"], 2), (["simulate", "word"], 2)]
)
def test_wrong_usage_says_what_is_right(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == code
    told = capsys.readouterr().err
    assert "visitsync" in told
    assert "Traceback" not in told


JSON_COMMANDS = {
    "demo", "practice add", "practice list", "practice show", "connect", "catalog", "approve mark", "approve spelling",
    "approve status", "enable practitioner", "enable location", "staff add", "staff list", "household link",
    "peer add", "peer list", "test-visit", "sync", "why", "health", "migrate", "replay", "keys rotate", "simulate",
    "audit verify", "audit show",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(JSON_COMMANDS))
def test_commands_that_print_facts_have_a_json_form(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    run([*path.split(), "--help"])
    assert "--json" in capsys.readouterr().out
