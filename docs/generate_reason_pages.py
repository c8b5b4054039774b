"""Writes docs/reasons/*.md and docs/causes.md from the catalogue: run by hand after changing it; same input, same output.

.venv/bin/python docs/generate_reason_pages.py
"""

import re
from pathlib import Path

from visitsync.connectors import connector_for, supported_emrs
from visitsync.domain.causes import CAUSES, Cause, codes_of
from visitsync.domain.evidence_text import fill
from visitsync.domain.explanation import DEFAULT_WORDS, SECTIONS
from visitsync.domain.reason import Owner, Reason, Severity
from visitsync.domain.reason_detection import DETECTION
from visitsync.domain.reasons import REASONS

DOCS = Path(__file__).parent
MANIFESTS = {emr: connector_for(emr).MANIFEST for emr in supported_emrs()}

OUTCOMES = {
    "ready": "A visit exists all the same.",
    "waiting": "It waits; time alone makes the visit.",
    "needs_fix": "No visit until a person has changed something.",
    "needs_provider": "The visit exists, linked to nobody.",
    "on_hold": "On hold: no visit until a person has looked.",
    "not_telemedicine": "No visit; nothing is wrong.",
    "cancelled": "The visit, if there was one, is cancelled.",
    "over": "The visit, if there was one, is over.",
}

GROUPS = {
    "A": "Not recognised as telemedicine",
    "B": "The patient: contact and identity",
    "C": "Demographics and coverage",
    "D": "Provider and staff",
    "E": "Timing",
    "F": "State and shape of the appointment",
    "G": "Connection and permission",
    "H": "The pipeline itself",
    "I": "Synced, but the patient was not reached",
    "J": "What people expect",
}


def pages() -> dict[Path, str]:
    """Every page that the catalogue makes, by its path under docs/."""
    reasons = {Path("reasons") / f"{code}.md": _reason_page(reason) for code, reason in REASONS.items()}
    return {**reasons, Path("reasons/README.md"): _index(), Path("causes.md"): _causes_page()}


def _reason_page(reason: Reason) -> str:
    parts = [
        f"# {_plain(reason.title)}",
        f"`{reason.code}` · cause [{reason.cause}](../causes.md) · {_section(reason)}",
        f"**What staff see.** {_plain(reason.sentence)}",
        f"**What it means.** {OUTCOMES[reason.outcome]} {_weight(reason)}",
        f"**How it is found out.** {DETECTION[reason.code]}",
        f"**What to do.** {_plain(reason.fix)}",
        *(
            f"- In {one.name}: {_plain(one.fixes[reason.code])}"
            for one in MANIFESTS.values()
            if reason.code in one.fixes
        ),
        f"**Who.** {_who(reason)}",
        f"**By when.** {_by_when(reason)}",
        f"**What the patient may read.** {reason.patient_sentence}",
    ]
    return "\n\n".join(parts) + "\n"


def _section(reason: Reason) -> str:
    if reason.section is None:
        return "in none of the article's sections"
    return f"section {reason.section} of the article: {SECTIONS[reason.section].lower()}"


def _weight(reason: Reason) -> str:
    return {
        Severity.BLOCKS: "It blocks." if not reason.resolves_itself else "It passes by itself.",
        Severity.WARNS: "It is a warning.",
        Severity.INFORMS: "It is information.",
    }[reason.severity]


def _who(reason: Reason) -> str:
    return (
        "Nobody has to do anything."
        if reason.owner is Owner.NOBODY
        else f"{reason.owner.value[0].upper()}{reason.owner.value[1:]}."
    )


def _by_when(reason: Reason) -> str:
    if reason.outcome in ("cancelled", "over", "not_telemedicine") and reason.owner is not Owner.PRACTICE_ADMIN:
        return "Nothing follows by itself; a change in the EMR is answered within the usual sync time."
    if reason.resolves_itself:
        return "By itself; the answer says when, as soon as that is known."
    if reason.owner is Owner.NOBODY:
        return "At once."
    if reason.owner is Owner.PRACTICE_ADMIN:
        return "A setting changed here is taken up at once, without asking the EMR; a change in the EMR within the usual sync time."
    return (
        "Within the EMR's usual sync time after the change (see [the EMRs](../vendors.md)); within a day where the "
        "appointment is more than seven business days ahead. Nobody books it again."
    )


def _index() -> str:
    lines = ["# Reasons", "", "One page per reason, made from the catalogue by `docs/generate_reason_pages.py`.", ""]
    for letter, name in GROUPS.items():
        codes = [code for cause in CAUSES if cause[0] == letter for code in codes_of(cause)]
        if codes:
            lines += [f"## {letter}. {name}", ""]
            lines += [f"- [`{code}`]({code}.md) {_plain(REASONS[code].title)}" for code in codes]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _causes_page() -> str:
    lines = [
        "# Causes",
        "",
        "Every known cause why an appointment does not become a visit, and the reasons of the catalogue that tell it; or,",
        "where there is none yet, where it is dealt with. Made by `docs/generate_reason_pages.py`.",
        "",
    ]
    for letter, name in GROUPS.items():
        lines += [f"## {letter}. {name}", "", "| cause | what | told by |", "| --- | --- | --- |"]
        lines += [
            f"| {number} | {cause.title} | {_told_by(number, cause)} |"
            for number, cause in CAUSES.items()
            if number[0] == letter
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _told_by(number: str, cause: Cause) -> str:
    if cause.place is None:
        return ", ".join(f"[`{code}`](reasons/{code}.md)" for code in codes_of(number))
    return f"*{cause.place.value}*: {cause.how}"


def _plain(template: str) -> str:
    """A template for readers of the docs: placeholders become words in angle brackets, the EMR is "the EMR"."""
    text = fill(template, _placeholder)
    return text[0].upper() + text[1:]


def _placeholder(name: str) -> str:
    if name == "emr":
        return "the EMR"
    if name == "mark":
        return "appointment type"
    if name == "marks":
        return "appointment type or other mark"
    if name in ("and_more", "status_note", "into_chart"):
        return ""
    if name.startswith("word."):
        return DEFAULT_WORDS[name.removeprefix("word.")]
    return f"‹{re.sub(r'_(?:on|at)$', '', name).replace('_', ' ')}›"


def main() -> None:
    """Writes all pages, and removes those whose reason is gone."""
    wanted = pages()
    for stale in set((DOCS / "reasons").glob("*.md")) - {DOCS / path for path in wanted}:
        stale.unlink()
    for path, text in wanted.items():
        (DOCS / path).parent.mkdir(exist_ok=True)
        (DOCS / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
