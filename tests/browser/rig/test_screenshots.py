"""Pictures are taken in four ways, and taking them leaves no trace in the page."""

import struct
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.rig.small_site import SmallSite
from tests.browser.screenshots import take_screenshots


def test_a_page_is_taken_wide_and_on_a_phone_light_and_dark(page: Page, site: SmallSite, tmp_path: Path) -> None:
    page.goto(site.url("/good"))
    taken = take_screenshots(page, tmp_path / "pictures", "good")
    assert {path.name: width_and_height(path) for path in taken} == {
        "good-wide-light.png": (1440, 900),
        "good-wide-dark.png": (1440, 900),
        "good-phone-light.png": (390, 844),
        "good-phone-dark.png": (390, 844),
    }
    assert len({path.read_bytes() for path in taken}) == 4
    assert page.viewport_size == {"width": 1280, "height": 800}


def width_and_height(png: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    return width, height
