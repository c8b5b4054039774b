"""Writes docs/vendors.md and docs/causes-by-emr.md from the manifests and the pretend EMRs' scenarios.

    .venv/bin/python docs/generate_vendor_pages.py

Run by hand after a connector was added or changed; same input, same output.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))  # the table of what is told stands with the tests that walk it

from tests.every_cause.told import told_by  # noqa: E402
from visitsync.connector_kit.conformance.across_rooms import AcrossRooms, Told, across_rooms  # noqa: E402
from visitsync.connector_kit.conformance.not_shown import not_shown  # noqa: E402
from visitsync.connector_kit.limits import Limit  # noqa: E402
from visitsync.connector_kit.manifest import Feed, Manifest  # noqa: E402
from visitsync.connectors import supported_emrs  # noqa: E402
from visitsync.domain.causes import CAUSES, Place, codes_of  # noqa: E402
from visitsync.domain.practice import Demographic  # noqa: E402
from visitsync.domain.reasons import REASONS  # noqa: E402

VENDORS = {emr: across_rooms(emr) for emr in supported_emrs()}
NOT_STAGED = "–"
PROVOKED_BY_EMRS = "ABCDEF"
FEEDS = {
    Feed.POLL: "asked for changes",
    Feed.POLL_AND_HINTS: "asked for changes; pushes say where to look sooner",
    Feed.PUSH: "messages pushed to us",
}


def pages() -> dict[Path, str]:
    """Every page that is made here, by its path under docs/."""
    return {Path("vendors.md"): _vendors_page(), Path("causes-by-emr.md"): _causes_page()}


# --- the EMRs --------------------------------------------------------------------------------------------------------


def _vendors_page() -> str:
    lines = [
        "# The EMRs",
        "",
        "What each connector's manifest says, side by side. Made by `docs/generate_vendor_pages.py`; the folders under",
        "`visitsync/connectors/` are the list. What is not known for certain stands under *Not known*, with what is assumed.",
        "",
        *_matrix(),
        "",
    ]
    for vendor in VENDORS.values():
        lines += [*_vendor(vendor.manifest), ""]
    return "\n".join(lines).rstrip() + "\n"


def _matrix() -> Iterator[str]:
    manifests = [vendor.manifest for vendor in VENDORS.values()]
    yield "| | " + " | ".join(f"[{one.name}](#{one.emr.replace('_', '-')})" for one in manifests) + " |"
    yield "| --- |" + " --- |" * len(manifests)
    rows = {
        "how changes come": lambda one: FEEDS[one.feed],
        "asked every": lambda one: "–" if one.feed is Feed.PUSH else f"{one.poll_minutes} minutes",
        "whole schedule read": lambda one: f"every {one.sweep_hours} h (near days), daily" if one.is_listed else "cannot be",
        "changed charts": _changed_charts,
        "usual time to a visit": lambda one: f"{one.usual_minutes[0]}–{one.usual_minutes[1]} minutes",
        "abnormal after": lambda one: f"{one.abnormal_minutes} minutes",
        "marks of telemedicine": lambda one: ", ".join(one.words.get(str(kind), str(kind)) for kind in one.marks),
        "usual mark matched by": lambda one: "its number" if one.is_matched_by_id else "its exact text",
        "demanded of the chart": lambda one: ", ".join(each.value for each in Demographic if each in one.required_demographics),
        "staff say for location": lambda one: one.words.get("location", "location"),
        "staff say for provider": lambda one: one.words.get("provider", "provider"),
        "limits": lambda one: "; ".join(_limit(each) for each in one.limits) or "none known",
        "not known": lambda one: f"{len(one.known_gaps)} facts",
    }
    for name, tell in rows.items():
        yield f"| {name} | " + " | ".join(tell(one) for one in manifests) + " |"


def _changed_charts(one: Manifest) -> str:
    if not one.reads_patients:
        return "pushed"
    return "asked for" if one.tells_patient_changes else "read again before the visit"


def _limit(limit: Limit) -> str:
    spans = {1: "second", 60: "minute", 3_600: "hour", 86_400: "day"}
    span = spans.get(int(limit.seconds), f"{limit.seconds:g} seconds")
    what = f" ({limit.operation})" if limit.operation else ""
    return f"{limit.requests:,} per {span}{what}"


def _vendor(one: Manifest) -> Iterator[str]:
    yield f'<a id="{one.emr.replace("_", "-")}"></a>'
    yield ""
    yield f"## {one.name}"
    yield ""
    yield f"Folder [`{one.emr}`](../visitsync/connectors/{one.emr}/README.md)."
    yield ""
    yield "**Asked of the practice.** " + "; ".join(f"{field.label}: {field.help}" for field in one.credentials)
    yield ""
    yield f"**Signing in again.** {one.reconnect_steps}"
    if one.settings:
        yield ""
        yield "| setting | values | what it is about |"
        yield "| --- | --- | --- |"
        for setting in one.settings:
            values = ", ".join(f"`{value}`" if value else "(text)" for value in setting.values)
            yield f"| `{setting.name}` | {_cell(values)} | {_cell(setting.help)} |"
    if one.known_gaps:
        yield ""
        yield "| not known | assumed | setting |"
        yield "| --- | --- | --- |"
        for gap in one.known_gaps:
            yield f"| {_cell(gap.fact)} | {_cell(gap.assumed)} | {f'`{gap.setting}`' if gap.setting else ''} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# --- causes by EMR ---------------------------------------------------------------------------------------------------


def _causes_page() -> str:
    told = {emr: told_by(vendor) for emr, vendor in VENDORS.items()}
    lines = [
        "# Causes by EMR",
        "",
        "Which pretend EMR stages which cause (`visitsync simulate EMR --scenario CAUSE`), and the reason that is then told.",
        "Made by `docs/generate_vendor_pages.py` from the manifests, the scenarios, and the table that `tests/every_cause` walks",
        "through the whole product. *handled*: staged, and nothing needs to be said. –: this EMR cannot show it (see below).",
        "",
        "| cause | " + " | ".join(vendor.manifest.name for vendor in VENDORS.values()) + " |",
        "| --- |" + " --- |" * len(VENDORS),
    ]
    not_staged = []
    for number, cause in CAUSES.items():
        if number[0] in PROVOKED_BY_EMRS and cause.place not in (Place.NEVER, Place.VISITS):
            cells = [_cell_of(number, vendor, told[emr]) for emr, vendor in VENDORS.items()]
            if set(cells) == {NOT_STAGED}:
                not_staged.append(number)
            else:
                lines.append(f"| {number} {cause.title} | " + " | ".join(cells) + " |")
    lines += ["", *_not_provoked(not_staged), "", "## What an EMR cannot show", ""]
    for vendor in VENDORS.values():
        lines += _cannot(vendor)
    return "\n".join(lines).rstrip() + "\n"


def _cell_of(number: str, vendor: AcrossRooms, told: Mapping[str, Told]) -> str:
    staged = [name for name, scenario in vendor.module.SCENARIOS.items() if scenario.code == number]
    if not staged:
        return NOT_STAGED
    codes = list(dict.fromkeys(code for name in staged if name in told for code in told[name].codes))
    if not codes and any(name in vendor.elsewhere for name in staged):
        codes = codes_of(number)[:1]
    own = [code for code in codes if REASONS[code].cause == number] or codes[:1]
    return ", ".join(f"[`{code}`](reasons/{code}.md)" for code in own) or "*handled*"


def _not_provoked(not_staged: Sequence[str]) -> Iterator[str]:
    yield "## Causes that no EMR can provoke by itself"
    yield ""
    yield "Settings here have a part in these; `tests/every_cause` tries them with every EMR: "
    yield ", ".join(f"{number} {CAUSES[number].title}" for number in not_staged) + "."
    yield ""
    yield "Groups G and H are staged by faults of the pretend EMRs (`visitsync simulate EMR --fault …`) and tried in"
    yield "`tests/every_cause/test_connection.py` and `tests/nothing_lost`; groups I and J have nothing to do with an EMR."
    yield "Of the others:"
    yield ""
    for number, cause in CAUSES.items():
        if number[0] in PROVOKED_BY_EMRS and cause.place in (Place.NEVER, Place.VISITS):
            yield f"- {number} {cause.title}: {cause.how} (*{cause.place.value}*)"


def _cannot(vendor: AcrossRooms) -> Iterator[str]:
    missing = not_shown(vendor.emr)
    if missing:
        yield f"**{vendor.manifest.name}**"
        yield ""
        yield from (f"- {name}: {why}" for name, why in sorted(missing.items()))
        yield ""


def main() -> None:
    """Writes all pages."""
    for path, text in pages().items():
        (DOCS / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
