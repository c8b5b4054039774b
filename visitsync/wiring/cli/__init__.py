"""The command line: `visitsync …`. One small file per group of commands, read only when it is asked for."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

import click

from visitsync.wiring.cli.exits import Exit, exit_for

COMMANDS: Mapping[str, str] = {
    "demo": "demo:demo",
    "practice": "practice:practice",
    "connect": "connect:connect",
    "catalog": "catalog:catalog",
    "approve": "approve:approve",
    "enable": "enable:enable",
    "staff": "staff:staff",
    "household": "household:household",
    "test-visit": "declared_test:declared_test",
    "undo": "undo:undo",
    "peer": "peer:peer",
    "sync": "sync:sync",
    "why": "why:why",
    "health": "health:health",
    "serve": "serve:serve",
    "work": "work:work",
    "listen": "listen:listen",
    "migrate": "migrate:migrate",
    "replay": "replay:replay",
    "keys": "keys:keys",
    "audit": "audit:audit",
    "simulate": "simulate:simulate",
    "translate": "translate:translate",
}
"""Command → module and name in it, in the order of the help page."""


class Commands(click.Group):
    """Imports a command's module when that command is asked for, so that each starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(f"{__name__}.{module}"), name)
        assert isinstance(command, click.Command)  # noqa: S101  # the table above is ours
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="visitsync")
def visitsync() -> None:
    """Appointments booked in a practice's EMR become video visits, and every one that does not says why.

    \b
    Start here:
      visitsync demo
      visitsync COMMAND --help

    \b
    Exit codes: 0 fine · 1 something needs attention · 2 wrong usage · 3 not found · 4 the EMR does not answer,
    try later · 5 the connection must be signed in again · 6 the database is not available · 7 the installation
    lacks something · 70 a mistake of ours.
    """


def main() -> None:
    """The entry point of the installed command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carries out one command line and returns its exit code; whatever goes wrong is told in plain words."""
    try:
        outcome = visitsync.main(args=list(arguments), prog_name="visitsync", standalone_mode=False)
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped.", err=True)
        return Exit.STOPPED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has seen enough, `| head` for instance
        return Exit.FINE
    except Exception as error:  # noqa: BLE001  # the last resort: a person sees words, never a traceback
        code, words = exit_for(error)
        click.echo(words, err=True)
        return code
    return outcome if isinstance(outcome, int) else Exit.FINE
