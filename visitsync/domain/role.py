"""Who may do what in the web app: the roles of a practice's staff, and what each of them allows."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a staff member does at the practice. The values are stored and shown."""

    FRONT_DESK = "front desk"
    ADMIN = "admin"
    PROVIDER = "provider"
    READ_ONLY = "read-only"
    OPERATOR = "operator"
    """Runs the connections of several practices; sees how they fare, and no patients."""


class Permission(StrEnum):
    """One kind of thing that a page shows or does."""

    SEE_VISITS = "see every visit of the practice"
    SEE_OWN_VISITS = "see the visits linked to oneself"
    ACT_ON_VISITS = "check again, link a household, declare a test visit, ask for help"
    SEE_CONNECTIONS = "see how the connections fare"
    MANAGE_CONNECTIONS = "connect, reconnect, pause"
    SEE_SETTINGS = "see what is connected and required"
    CHANGE_SETTINGS = "approve, enable, close, require"
    SEE_USERS = "see who works here"
    MANAGE_USERS = "invite, deactivate, give roles"
    SEE_INSIGHTS = "see figures about the past, without patients"
    EXPORT = "download lists"
    SEE_AUDIT = "see who did what"
    SEE_HELP = "read the help pages"
    MANAGE_OWN_ACCOUNT = "one's own password, second factor and notices"


_EVERYBODY = frozenset({Permission.SEE_HELP, Permission.MANAGE_OWN_ACCOUNT})
_LOOKING = frozenset(
    {
        Permission.SEE_VISITS,
        Permission.SEE_CONNECTIONS,
        Permission.SEE_SETTINGS,
        Permission.SEE_USERS,
        Permission.SEE_INSIGHTS,
    }
)

ALLOWS: Mapping[Role, frozenset[Permission]] = {
    Role.READ_ONLY: _EVERYBODY | _LOOKING,
    Role.FRONT_DESK: _EVERYBODY | _LOOKING | {Permission.ACT_ON_VISITS},
    Role.ADMIN: frozenset(Permission),
    Role.PROVIDER: _EVERYBODY | {Permission.SEE_OWN_VISITS},
    Role.OPERATOR: _EVERYBODY
    | {
        Permission.SEE_CONNECTIONS,
        Permission.MANAGE_CONNECTIONS,
        Permission.SEE_SETTINGS,
        Permission.SEE_INSIGHTS,
    },
}


def role_named(text: str) -> Role | None:
    """The role that is stored under this name; None for one that this version does not know, which allows nothing."""
    try:
        return Role(text)
    except ValueError:
        return None
