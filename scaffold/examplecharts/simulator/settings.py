"""What can be chosen about a pretend ExampleCharts: uncertain facts, faults, and its one key."""

from collections.abc import Mapping

from visitsync.simulator_kit.faults import SHARED_FAULTS

CREDENTIALS: Mapping[str, str] = {"api_key": "pretend-examplecharts-key"}

VARIANTS: Mapping[str, tuple[str, ...]] = {
    "times": ("location", "practice"),
    "page_size": ("200", "7", "1"),
    "lag_seconds": ("0", "5"),
    "requests_per_minute": ("600", "none"),
}
"""Uncertain facts; the first of each is the default. A number may be any number."""

FAULTS: Mapping[str, str] = {
    name: help_line for name, help_line in SHARED_FAULTS.items() if name not in ("token_expires", "refresh_fails")
}
"""All that simulators share, but for those about tokens: this vendor has none."""
