"""Every form of Retry-After is obeyed within reason."""

from datetime import UTC, datetime

import pytest

from visitsync.connector_kit.retry_after import LEAST_SECONDS, MOST_SECONDS, wait_seconds

NOW = datetime(2026, 11, 9, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 2.5 ", 2.5),
        ("0", LEAST_SECONDS),
        ("-30", LEAST_SECONDS),
        ("315360000", MOST_SECONDS),
        ("Mon, 09 Nov 2026 17:02:00 GMT", 120),
        ("Mon, 09 Nov 2026 12:02:00 -0500", 120),
        ("Monday, 09-Nov-26 17:02:00 GMT", 120),
        ("Mon Nov  9 17:02:00 2026", 120),
        ("Sun, 08 Nov 2026 17:00:00 GMT", LEAST_SECONDS),
        ("Fri, 09 Nov 2036 17:00:00 GMT", MOST_SECONDS),
    ],
)
def test_a_wait_is_read_and_kept_within_reason(header: str, seconds: float) -> None:
    assert wait_seconds(header, NOW) == seconds


@pytest.mark.parametrize("header", [None, "", "soon", "1e9", "nan", "١٢", "9" * 50, "Mon, 99 Nov 2026 17:02:00 GMT"])
def test_what_says_nothing_usable_is_no_wait(header: str | None) -> None:
    assert wait_seconds(header, NOW) is None
