"""What the demo shows: headings, progress, outcomes, the list of what needs a fix, and how changes are followed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Group
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Severity
from visitsync.sync.admin.in_words import OUTCOME_IN_A_LINE
from visitsync.sync.answers import Answer
from visitsync.sync.link import Progress
from visitsync.wiring.cli.printing import console, visible
from visitsync.wiring.demo.happenings import Followed

STYLES: Mapping[str, str] = {
    Outcome.READY: "green",
    Outcome.WAITING: "cyan",
    Outcome.NEEDS_FIX: "red",
    Outcome.NEEDS_PROVIDER: "yellow",
    Outcome.ON_HOLD: "magenta",
}
LEGEND: Mapping[str, str] = {
    Outcome.READY: "the visit is there and links to its provider",
    Outcome.WAITING: "comes by itself, and we say when",
    Outcome.NEEDS_FIX: "somebody must change something; see below",
    Outcome.NEEDS_PROVIDER: "the visit is there, its provider is not enabled",
    Outcome.ON_HOLD: "not safe to show before a person has looked",
    Outcome.NOT_TELEMEDICINE: "nothing is wrong",
    Outcome.CANCELLED: "in the EMR, and so here",
    Outcome.OVER: "its time has passed",
}
LISTED = 3


class Screen:
    """Draws for a person; draws nothing where only the final state is wanted."""

    def __init__(self, *, is_silent: bool) -> None:
        self._is_silent = is_silent

    def heading(self, number: int, text: str) -> None:
        self._print(Text(), Rule(Text(f" {number}  {text} ", style="bold"), align="left", style="dim"))

    def say(self, text: str, style: str = "") -> None:
        self._print(Text(text, style=style))

    def done(self, text: str, seconds: float | None = None) -> None:
        line = Text(" ✓ ", style="green")
        line.append(text, style="default")
        if seconds is not None:
            line.append(f"  {seconds:.1f} s", style="dim")
        self._print(line)

    def welcome(self) -> None:
        text = Text.assemble(
            ("Appointments booked in a practice's EMR become video visits,\n", "bold"),
            ("and every one that does not says why.\n\n", "bold"),
            ("Six pretend EMRs, a database and a worker start on this machine now. All people are invented.\n", "dim"),
            ("Nothing leaves the machine, and nothing stays on it.", "dim"),
        )
        self._print(Panel(text, box=ROUNDED, title="Visitsync", title_align="left", padding=(1, 2), expand=False))

    @contextmanager
    def progress(self, title: str, answers_read: Callable[[], int]) -> Iterator[Callable[[Progress], None]]:
        """A line that lives while a connection is read; gives the watcher that keeps it going."""
        is_off = self._is_silent or not console().is_terminal
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=30), TimeElapsedColumn())
        with Bars(*columns, console=console(), disable=is_off, transient=True) as bars:
            line = bars.add_task(title, total=None)
            yield lambda step: bars.update(line, description=f"{title}: {step.phase}, {answers_read()} answers read")

    def outcomes(self, by_clinic: Mapping[str, Mapping[str, int]]) -> None:
        """A line for each clinic, a column for each outcome, and what the outcomes mean."""
        shown = Table(box=SIMPLE_HEAD, pad_edge=False)
        shown.add_column("")
        for outcome in Outcome:
            label = Text(OUTCOME_IN_A_LINE[outcome].replace(" ", "\n"), style=STYLES.get(outcome, ""))
            shown.add_column(label, justify="right", vertical="bottom")
        for name, counted in by_clinic.items():
            shown.add_row(Text(name), *(str(counted.get(outcome, 0)) for outcome in Outcome))
        self._print(shown)
        legend = Table.grid(padding=(0, 1))
        for outcome in Outcome:
            legend.add_row(
                Text(OUTCOME_IN_A_LINE[outcome], style=STYLES.get(outcome, "")), Text(LEGEND[outcome], "dim")
            )
        self._print(Padding(legend, (0, 0, 0, 1)))

    def to_be_fixed(self, clinic: str, answers: Sequence[Answer], *, shows_all: bool) -> None:
        chosen = list(answers) if shows_all else _one_of_each_kind(answers)
        self._print(Text(f"\n{clinic}: {len(answers)} need a fix", style="bold underline"))
        for one in chosen:
            self._print(_case(one))
        if others := len(answers) - len(chosen):
            self._print(Text(f"  … and {others} more (--all lists them). In all: {_kinds(answers)}.", style="dim"))

    def followed(self, one: Followed, emr: str) -> None:
        if one.seconds is None:
            self._print(Text(f" ✗ {emr}: {one.what} – not followed in time ({one.after})", style="red"))
            return
        line = Text(" ✓ ", style="green")
        line.append(f"{emr}: ", style="bold")
        line.append(f"{one.what}\n")
        line.append(f"   {one.before}  →  {one.after}", style="dim")
        line.append(f"   after {one.seconds:.1f} s", style="bold green")
        self._print(line)

    def panel(self, title: str, text: Text) -> None:
        self._print(Text(), Panel(text, box=ROUNDED, title=title, title_align="left", padding=(1, 2)))

    def to_paste(self, line: str) -> None:
        """As one line without a frame, however narrow the terminal, so that it can be copied whole."""
        if not self._is_silent:
            console().print(Text(line, style="cyan"), soft_wrap=True)

    def _print(self, *things: object) -> None:
        if not self._is_silent:
            console().print(*things, sep="\n", soft_wrap=False)


def _case(one: Answer) -> Padding:
    """Who, why with all reasons, what to do, by when."""
    who = Text.assemble(
        (visible("  ".join(filter(None, (one.start_text, one.patient_name)))), "bold"),
        (visible(f"  patient {one.patient_id or 'none'} · appointment {one.appointment_id}"), "dim"),
    )
    lines = Table.grid(padding=(0, 1))
    lines.add_column(no_wrap=True)
    lines.add_column()
    for words in one.explanations:
        lines.add_row(Text("•", style=STYLES.get(one.outcome, "")), Text(visible(f"{words.title}. {words.sentence}")))
        if words.fix and words.severity is not Severity.INFORMS:
            lines.add_row(Text("→", style="green"), Text.assemble(visible(words.fix), (f"  ({words.owner})", "dim")))
    by_when = next((words.expected_by_text for words in one.explanations if words.expected_by_text), "")
    if by_when:
        lines.add_row("", Text(by_when, style="cyan"))
    return Padding(Group(who, Padding(lines, (0, 0, 0, 2))), (0, 0, 0, 2))


def _one_of_each_kind(answers: Sequence[Answer]) -> list[Answer]:
    """The nearest of each kind of reason: what a newcomer learns most from."""
    chosen: dict[str, Answer] = {}
    for one in answers:
        chosen.setdefault(_kind(one), one)
    return list(chosen.values())[:LISTED]


def _kinds(answers: Sequence[Answer]) -> str:
    counted = Counter(one.explanations[0].title if one.explanations else "" for one in answers)
    return "; ".join(f"{count} × {title}" for title, count in counted.most_common() if title)


def _kind(one: Answer) -> str:
    return one.explanations[0].code if one.explanations else ""
