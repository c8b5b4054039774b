"""Which of the practices that a customer key opens is ours: most questions name it, and every answer is held to it."""

from collections.abc import Mapping, Sequence

import msgspec

from visitsync.connector_kit.errors import NeedsPermission
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.soap import Element
from visitsync.connectors.kareo.answers import payload_of, result_of
from visitsync.connectors.kareo.asking import Asking
from visitsync.connectors.kareo.contract import K
from visitsync.connectors.kareo.texts import is_yes

OPERATION = "GetPractices"
MOST_NAMED = 20


class Practice(msgspec.Struct, frozen=True):
    """A practice of the account, as Kareo calls it now."""

    id: str
    name: str
    is_active: bool = True


def ours(asking: Asking, settings: Mapping[str, str], urgency: Urgency) -> Practice:
    """The practice that the settings mean, or the only active one. Raises NeedsPermission, and what asking raises.

    To be looked up before anything else is read: of a misspelt or renamed practice Kareo just shows no appointments.
    """
    return ours_among(_practices_in(asking.ask(OPERATION, {}, urgency=urgency)), settings)


def ours_among(practices: Sequence[Practice], settings: Mapping[str, str]) -> Practice:
    """The practice that the settings mean among those that the API user sees. Raises NeedsPermission."""
    wanted_id, wanted_name = settings.get("practice_id", "").strip(), settings.get("practice_name", "").strip()
    if wanted_id:
        meant = [practice for practice in practices if practice.id == wanted_id]
    elif wanted_name:
        meant = [practice for practice in practices if practice.name.casefold() == wanted_name.casefold()]
    else:
        meant = [practice for practice in practices if practice.is_active]
    if len(meant) == 1:
        return meant[0]
    visible = ", ".join(f"{practice.name} ({practice.id})" for practice in practices[:MOST_NAMED]) or "none"
    wanted = f"practice {wanted_id or wanted_name}" if wanted_id or wanted_name else "one practice and no other"
    raise NeedsPermission(f"The API user should see {wanted}; Kareo shows: {visible}.")


def _practices_in(body: bytes) -> list[Practice]:
    rows = payload_of(result_of(body, OPERATION), OPERATION)
    found = [_practice(row) for row in (() if rows is None else rows)]
    return [practice for practice in found if practice.id and practice.name]


def _practice(row: Element) -> Practice:
    said = {name: (row.findtext(f"{{{K}}}{name}") or "").strip() for name in ("ID", "PracticeName", "Active")}
    return Practice(said["ID"], said["PracticeName"], is_yes(said["Active"] or "True"))
