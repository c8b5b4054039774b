"""Exit codes that scripts can use, and what a person is told when something goes wrong."""

from enum import IntEnum

import msgspec

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    NeedsPermission,
    NeedsReconnect,
    RecordGone,
    RequestRefused,
    TryAgainLater,
)


class Exit(IntEnum):
    """What a command's exit code means."""

    FINE = 0
    ATTENTION = 1
    """It worked, and something in what it found needs a person."""
    USAGE = 2
    NOT_FOUND = 3
    TRY_LATER = 4
    """The EMR does not answer, or asks us to wait."""
    RECONNECT = 5
    """The connection must be signed in again, or lacks a permission."""
    STORAGE = 6
    """The database is not there, or not fit."""
    SET_UP = 7
    """The installation lacks something: a key, a setting, a migration."""
    OURS = 70
    STOPPED = 130


class Advice(msgspec.Struct, frozen=True):
    """For one kind of error: the exit code, and what to do besides what the error itself says."""

    code: Exit
    what_to_do: str = ""


class NotFound(Exception):
    """What was asked for is not there; the message says what is."""


# By name, so that a command that needs no database does not load what speaks to one. The most special first.
ADVICE: dict[str, Advice] = {
    "NotFound": Advice(Exit.NOT_FOUND),
    "NoSuchPractice": Advice(Exit.NOT_FOUND, "`visitsync practice list` shows those that are there."),
    "NoSuchConnection": Advice(Exit.NOT_FOUND, "`visitsync practice show` shows those that are there."),
    "ChooseFromTheList": Advice(Exit.NOT_FOUND, "(--unlisted approves it anyway.)"),
    "NotApproved": Advice(Exit.NOT_FOUND, "`visitsync practice show` lists what is."),
    "ApproveItFirst": Advice(Exit.NOT_FOUND),
    "EntryNotListed": Advice(Exit.NOT_FOUND),
    "ChooseOneById": Advice(Exit.NOT_FOUND),
    "PatientsNotRead": Advice(Exit.NOT_FOUND),
    "NoHousehold": Advice(Exit.NOT_FOUND),
    "NotReceivedYet": Advice(Exit.NOT_FOUND, "`visitsync why` finds its number."),
    "NoSuchChange": Advice(Exit.NOT_FOUND, "`visitsync undo --list` shows the latest."),
    "NothingToTakeBack": Advice(Exit.USAGE),
    "TakenBackAlready": Advice(Exit.USAGE),
    "ChangedSince": Advice(Exit.USAGE),
    "FinishConnectingFirst": Advice(Exit.USAGE, "`visitsync connect EMR` signs in."),
    "SettingUnknown": Advice(Exit.USAGE),
    "NoSuchStaff": Advice(Exit.NOT_FOUND, "`visitsync staff list` shows those that are there."),
    "SlugTaken": Advice(Exit.USAGE, "Choose another short name."),
    "PeerRefused": Advice(Exit.USAGE),
    "UnknownZone": Advice(Exit.USAGE, "Write it like America/Chicago."),
    "StaffExists": Advice(Exit.USAGE, "`visitsync staff list` shows who is there."),
    "SettingUnusable": Advice(Exit.SET_UP),
    "SetUpMissing": Advice(Exit.SET_UP),
    "KeyringUnusable": Advice(Exit.SET_UP),
    "KeyMissing": Advice(Exit.SET_UP, "Add that key to the keyring again."),
    "SealBroken": Advice(Exit.STORAGE, "Is this the keyring that belongs to this database?"),
    "AuditBroken": Advice(
        Exit.STORAGE, "`visitsync audit verify` shows what was done to it; `visitsync audit resume` goes on afterwards."
    ),
    "DatabaseOutdated": Advice(Exit.SET_UP),
    "DatabaseNewer": Advice(Exit.SET_UP, "Run the newer version of the program."),
    "MigrationChanged": Advice(Exit.SET_UP),
    "RoleTooPowerful": Advice(Exit.SET_UP),
    "DatabaseFolderInUse": Advice(Exit.STORAGE),
    "DatabaseDidNotStart": Advice(Exit.STORAGE),
    "StorageUnavailable": Advice(Exit.STORAGE, "Nothing is lost; try again in a moment."),
    "OutcomeUnknown": Advice(Exit.STORAGE, "Look whether it is there before doing it again."),
    "LostTheConnection": Advice(Exit.TRY_LATER, "Another process works on this connection; try again in a moment."),
    NeedsReconnect.__name__: Advice(Exit.RECONNECT, "Sign in again: `visitsync connect EMR --practice …`."),
    NeedsPermission.__name__: Advice(Exit.RECONNECT, "A practice admin must grant it in the EMR."),
    ForbiddenAddress.__name__: Advice(
        Exit.USAGE, "For a simulator on this machine set VISITSYNC_ALLOW_LOOPBACK=1; otherwise correct --base-url."
    ),
    AnswerUnreadable.__name__: Advice(Exit.TRY_LATER, "Is --base-url right? Nothing was taken from that answer."),
    TryAgainLater.__name__: Advice(Exit.TRY_LATER, "Try again later; what was read is kept."),
    RequestRefused.__name__: Advice(Exit.TRY_LATER, "The EMR says that our request is wrong; that is ours to mend."),
    RecordGone.__name__: Advice(Exit.NOT_FOUND, "The EMR no longer has it."),
}


def exit_for(error: BaseException) -> tuple[Exit, str]:
    """The exit code for an error, and the words for the person at the terminal."""
    for kind in type(error).__mro__:
        if advice := ADVICE.get(kind.__name__):
            return advice.code, " ".join(filter(None, [str(error), advice.what_to_do]))
    return _unexpected(error)


def _unexpected(error: BaseException) -> tuple[Exit, str]:
    """Names the mistake and its place, not its message, which may quote somebody's record."""
    from visitsync.wiring.log import named, place_of  # only needed here, and slow to load

    return Exit.OURS, (
        f"Something went wrong that should not: {named(error)} at {place_of(error)}. "
        "That is a mistake in Visitsync; please report it with this line. Nothing in the EMR was changed."
    )
