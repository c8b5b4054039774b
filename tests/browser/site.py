"""What the rig asks of the site under test: that it can tell its addresses."""

from typing import Protocol


class Site(Protocol):
    def url(self, path: str) -> str:
        """The full address of a path that begins with a slash."""
        ...
