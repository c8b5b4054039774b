"""The oracle agrees with a sync that nothing disturbs, and would notice whatever is wrong."""

from tests.nothing_lost.house import Arrange
from tests.nothing_lost.oracle import differences, must_have_visits


def test_an_undisturbed_sync_leaves_nothing_to_say(arrange: Arrange) -> None:
    house = arrange()
    report = house.sync()
    assert report.trouble is None
    assert differences(house) == []
    assert must_have_visits(house) == 16


def test_before_the_first_sync_everything_is_missing(arrange: Arrange) -> None:
    house = arrange()
    assert len([line for line in differences(house) if "lacks its visit" in line]) == must_have_visits(house)
