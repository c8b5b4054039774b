"""Says aloud, after everything else, that tests were left out for want of a browser."""

import pytest

from tests.browser import NO_BROWSER


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{NO_BROWSER} Left out: {len(skipped)}.", red=True, bold=True)
