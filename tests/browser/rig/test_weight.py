"""What a page weighs is counted on the wire, by the browser."""

import pytest
from playwright.sync_api import Page

from tests.browser.rig.small_site import SmallSite
from tests.browser.weight import expect_light


def test_a_light_page_is_told_with_all_it_asked_for(page: Page, site: SmallSite) -> None:
    weight = expect_light(page, site.url("/good"))
    assert weight.requests == 2
    assert weight.scripts == 0
    assert 2_000 < weight.wire_bytes < 5_000


def test_what_is_cached_weighs_as_much(page: Page, site: SmallSite) -> None:
    assert expect_light(page, site.url("/good")) == expect_light(page, site.url("/good"))


@pytest.mark.parametrize(("path", "told"), [("/heavy", "weighs 1[0-9]{5} bytes"), ("/two-scripts", "has 2 scripts")])
def test_a_heavy_page_is_found(page: Page, site: SmallSite, path: str, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        expect_light(page, site.url(path))
