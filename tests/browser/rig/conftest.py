"""The small site on which the rig is tried."""

from collections.abc import Iterator

import pytest

from tests.browser.rig.small_site import SmallSite, serving


@pytest.fixture(scope="session")
def site() -> Iterator[SmallSite]:
    with serving() as running:
        yield running
