"""What went wrong while a connection was tried, and what to do, in words for the admin who stands before the form."""

from collections.abc import Mapping

from visitsync.connector_kit.errors import (
    ConnectorError,
    ForbiddenAddress,
    NeedsPermission,
    NeedsReconnect,
    TryAgainLater,
)
from visitsync.sync.admin.sign_in import AllowTheAccess, SignInAgain

_WORDS: Mapping[type[Exception], str] = {
    NeedsReconnect: "{emr} did not accept these credentials. Compare each of them with what {emr} shows; a blank too "
    "many is enough.",
    TryAgainLater: "{emr} could not be reached, or did not answer in time. Nothing is wrong with what you entered as "
    "far as we know; try again in a few minutes.",
    AllowTheAccess: "The access was not allowed on {emr}'s page. Sign in again, and allow it.",
    SignInAgain: "This way back from {emr} does not belong to a sign-in that was begun here. Begin again.",
}
OTHERWISE = "{emr} refused what we asked. If it stays, download the diagnostics and ask for help."

TRIED: tuple[type[Exception], ...] = (ConnectorError, AllowTheAccess, SignInAgain)
"""What trying a connection may raise."""


def in_words(error: Exception, emr: str) -> str:
    """One or two sentences; `emr` is the EMR's name."""
    if isinstance(error, ForbiddenAddress):
        return f"{error} Requests and passwords only go to public https addresses."
    if isinstance(error, NeedsPermission):
        return f"{emr} lets us in, but something is missing. {error}"
    words = next((text for kind, text in _WORDS.items() if isinstance(error, kind)), OTHERWISE)
    return words.format(emr=emr)
