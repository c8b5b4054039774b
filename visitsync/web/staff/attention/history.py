"""Who dealt with what lately, and which changes made here can be taken back."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from visitsync.domain.role import Permission
from visitsync.storage import being_dealt_with, setting_touches
from visitsync.storage.being_dealt_with import Dealing
from visitsync.storage.database import Transaction
from visitsync.storage.setting_touches import SettingChange
from visitsync.storage.vault import Vault
from visitsync.sync.office import Office
from visitsync.web.staff.viewer import Viewer

LATELY = timedelta(days=14)
MOST_DEALINGS = 12
MOST_LOOKED_AT = 50

HOUSEHOLDS = frozenset({"link household", "unlink household"})
WORDS: Mapping[str, str] = {
    "link household": "Linked patients as one household",
    "unlink household": "Took patients out of their household",
    "practitioner on": "Enabled a provider",
    "practitioner off": "Switched a provider off",
    "approve type": "Connected or accepted a type",
    "approve reason": "Connected or accepted a reason",
    "approve location": "Connected or accepted a location",
    "approve service": "Connected or accepted a service",
    "approve mode": "Connected or accepted a mode",
}
"""What a change is called → what it was."""
TELLS_ITS_VALUE = "approve "
"""Changes whose value is a text of the EMR's lists, and no number of anybody."""

OF_A_PRACTITIONER = "practitioner "
"""Changes whose value is the EMR's id of a practitioner."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did."""

    at: datetime
    name: str
    change: str
    """What the change of the settings is called; "" for what was none, or took one back."""
    what: str
    value: str
    end: str
    """How it ended; "" while it goes on, or where there is no end."""
    ended_at: datetime | None
    change_id: int | None
    """Set where this viewer may take it back."""


def lately(transaction: Transaction, vault: Vault, office: Office, viewer: Viewer) -> list[Happened]:
    """The newest first; three queries."""
    dealings = being_dealt_with.latest(transaction, vault, at_most=MOST_DEALINGS)
    changes = setting_touches.latest(transaction, at_most=MOST_LOOKED_AT)
    found = [_dealt(one) for one in dealings if one.ended_at is not None]
    found += [_changed(one, office, viewer) for one in changes if one.what in WORDS]
    recent = [one for one in found if viewer.now - one.at < LATELY]
    return sorted(recent, key=lambda one: one.at, reverse=True)


def may_take_back(viewer: Viewer, change: SettingChange) -> bool:
    """Whoever may make such a change may take it back."""
    needed = Permission.ACT_ON_VISITS if change.what in HOUSEHOLDS else Permission.CHANGE_SETTINGS
    return change.what in WORDS and change.can_be_undone and viewer.may(needed)


def _dealt(one: Dealing) -> Happened:
    return Happened(
        at=one.began_at,
        name=one.name,
        change="",
        what=f"Dealt with: {one.title}",
        value="",
        end=f"put down by {one.ended_by}" if one.ended_by else "no longer needed",
        ended_at=one.ended_at,
        change_id=None,
    )


def _changed(one: SettingChange, office: Office, viewer: Viewer) -> Happened:
    what = f"Took back: {WORDS[one.what].lower()}" if one.undoes else WORDS[one.what]
    return Happened(
        at=one.changed_at,
        name=one.changed_by,
        change="" if one.undoes else one.what,
        what=what,
        value=_value(one, office),
        end="taken back" if one.is_undone else "",
        ended_at=None,
        change_id=one.change_id if may_take_back(viewer, one) and not one.undoes else None,
    )


def _value(one: SettingChange, office: Office) -> str:
    value = one.after or one.before or ""
    if one.what.startswith(OF_A_PRACTITIONER):
        entries = (desk.practice.practitioners.get(value) for desk in office.desks.values())
        return next((entry.name for entry in entries if entry is not None), "")
    return value if one.what.startswith(TELLS_ITS_VALUE) else ""
