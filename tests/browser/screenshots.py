"""Takes pictures of a page for people to look at: on a large screen and a phone, light and dark."""

from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.browser.accessibility import Scheme, shown

SIZES: dict[str, ViewportSize] = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def take_screenshots(page: Page, folder: Path, name: str) -> list[Path]:
    """The whole page, however long, as `NAME-SIZE-SCHEME.png`, four in all. Leaves the page as it was."""
    folder.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    taken = []
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        for scheme in SCHEMES:
            with shown(page, color_scheme=scheme):
                path = folder / f"{name}-{size}-{scheme}.png"
                page.screenshot(path=path, full_page=True, animations="disabled", caret="hide")
                taken.append(path)
    if before:
        page.set_viewport_size(before)
    return taken
