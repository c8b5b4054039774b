"""visitsync demo: the main job from start to end, in under a minute."""

import sys
import threading

import click
from rich.text import Text

from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.printing import print_json
from visitsync.wiring.demo.login import Login, told
from visitsync.wiring.demo.play import FinalState
from visitsync.wiring.demo.play import demo as play_demo
from visitsync.wiring.demo.screen import Screen
from visitsync.wiring.log import set_up_log


@click.command()
@click.option(
    "--keep/--no-keep",
    default=None,
    help="Leave everything running until Ctrl-C, to open the pages and try other commands. [in a terminal: yes]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, other clinics.")
@click.option("--all", "shows_all", is_flag=True, help="List everything that needs a fix, not one of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print only the final state, as JSON.")
def demo(keep: bool | None, seed: int, shows_all: bool, as_json: bool) -> int:
    """Show the main job: six pretend EMRs, the answer to every appointment, and changes that are followed.

    Needs no installation and leaves nothing behind. Ends with 1 if anything did not follow in time.

    \b
    Examples:
      visitsync demo
      visitsync demo --keep
      visitsync demo --json --seed 5
    """
    set_up_log("demo", level="error")
    is_kept = sys.stdin.isatty() and sys.stdout.isatty() and not as_json if keep is None else keep
    with play_demo(seed=seed, screen=Screen(is_silent=as_json), shows_all=shows_all) as state:
        if as_json:
            print_json(state)
        else:
            _tell_what_next(Screen(is_silent=False), state, is_kept=is_kept)
        if is_kept:
            threading.Event().wait()
    return Exit.FINE if all(one.seconds is not None for one in state.followed) else Exit.ATTENTION


def _tell_what_next(screen: Screen, state: FinalState, *, is_kept: bool) -> None:
    drchrono, kareo, *_ = state.clinics
    text = Text()
    text.append(f"All of this took {state.seconds:.0f} seconds.\n\n", style="dim")
    if is_kept:
        text.append("Everything runs on until you press Ctrl-C. In another terminal, after the last line below:\n\n")
    else:
        text.append("Run it again with --keep, and try in another terminal:\n\n")
    example = next((one.appointment_id for one in drchrono.needs_fix), "ID")
    for command, what in (
        (f"visitsync why {drchrono.practice} {example}", "everything about one appointment"),
        (f"visitsync why {kareo.practice} tomorrow", "a whole day"),
        (f"visitsync why {kareo.practice} 123456789", "one that was never received"),
        (f'visitsync approve mark "Video Consult" -p {drchrono.practice}', "what the admins forgot; see what starts"),
        ("visitsync health", "how the connections are"),
        ("visitsync simulate kareo --list", "what can go wrong in a pretend EMR"),
    ):
        text.append(f"  {command:<56}", style="bold")
        text.append(f"{what}\n", style="dim")
    screen.panel("What to try next", text)
    screen.panel(
        "The pages" if is_kept else "The pages, had you kept it running (--keep)", _login_in_words(state.login)
    )
    if is_kept:
        screen.to_paste("export " + " ".join(f"{name}={value}" for name, value in state.environment.items()))


def _login_in_words(login: Login) -> Text:
    return Text("\n").join(
        Text.assemble((f"{name:<10}", "dim"), (value, "bold")) for name, value in told(login).items()
    )
