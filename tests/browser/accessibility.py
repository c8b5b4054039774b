"""What axe finds wrong with a page, and whether the page follows its reader's wish for dark or for forced colours."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPTIONS: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": STANDARDS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
MOST_ELEMENTS_LISTED = 5

Scheme = Literal["light", "dark"]

FITTING: dict[Scheme, Callable[[float], bool]] = {
    "light": lambda luminance: luminance > 0.6,
    "dark": lambda luminance: luminance < 0.15,
}
LUMINANCE_OF_BACKGROUND = """() => {
    const painted = [document.body, document.documentElement]
        .map((element) => getComputedStyle(element))
        .find((style) => !/^(transparent|rgba\\(.*, 0\\))$/.test(style.backgroundColor));
    if (!painted) return getComputedStyle(document.documentElement).colorScheme.includes("dark") &&
        matchMedia("(prefers-color-scheme: dark)").matches ? 0 : 1;
    const brush = document.createElement("canvas").getContext("2d");
    brush.fillStyle = painted.backgroundColor;
    brush.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...brush.getImageData(0, 0, 1, 1).data].map((value) => (value / 255) ** 2.2);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}"""


def expect_no_findings(page: Page) -> None:
    """Raises AssertionError with all that axe holds against the page as it stands: WCAG 2.2 AA and good practice."""
    violations = Axe().run(page, options=OPTIONS).response["violations"]
    if violations:
        raise AssertionError("\n".join((f"axe about {page.url}:", *(told(violation) for violation in violations))))


def expect_dark_and_light(page: Page) -> None:
    """Raises AssertionError unless the page is dark for whom likes it dark, and light for whom likes it light."""
    for scheme, fits in FITTING.items():
        with shown(page, color_scheme=scheme):
            luminance = float(page.evaluate(LUMINANCE_OF_BACKGROUND))
            assert fits(luminance), f"{page.url} wanted {scheme}: its background has a luminance of {luminance:.2f}"


@contextmanager
def shown(
    page: Page,
    *,
    color_scheme: Scheme | None = None,
    forced_colors: Literal["active", "none"] | None = None,
) -> Iterator[None]:
    """The page in other colours, until the end of the block."""
    was_dark = bool(page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches"))
    page.emulate_media(color_scheme=color_scheme, forced_colors=forced_colors)
    try:
        yield
    finally:
        page.emulate_media(color_scheme="dark" if was_dark else "light", forced_colors="none")


def told(violation: dict[str, Any]) -> str:
    nodes: Sequence[dict[str, Any]] = violation["nodes"]
    lines = [f"- {violation['id']} ({violation['impact']}): {violation['help']}. {violation['helpUrl']}"]
    for node in nodes[:MOST_ELEMENTS_LISTED]:
        lines.append(f"    {' '.join(map(str, node['target']))}: {' '.join(node['html'].split())[:200]}")
        lines.extend(f"      {line.strip()}" for line in node["failureSummary"].splitlines()[1:])
    if len(nodes) > MOST_ELEMENTS_LISTED:
        lines.append(f"    and {len(nodes) - MOST_ELEMENTS_LISTED} more")
    return "\n".join(lines)
