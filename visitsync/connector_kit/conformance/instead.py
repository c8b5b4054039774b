"""A pretend vendor that answers some requests with something else."""

import re

from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.exchange import Request, Response


class Instead(App):
    """Put it in front of a simulator (`trial.server.app = Instead(…)`): matching requests get this response."""

    def __init__(self, inner: App, match: str, response: Response) -> None:
        """`match`: a pattern of Request.line; "" is every request."""
        self.emr, self.clinic, self.clock = inner.emr, inner.clinic, inner.clock
        self.faults, self.variants = inner.faults, inner.variants
        self._inner, self._match, self._response = inner, match, response

    def answer(self, request: Request) -> Response:
        return self._response if re.search(self._match, request.line) else self._inner.answer(request)
