"""The counts of what appointments use, kept by this process for each database that it serves from."""

from weakref import WeakKeyDictionary

from visitsync.storage.database import Database, Transaction
from visitsync.sync.list_use import ListUse, ListUses
from visitsync.sync.office import Office
from visitsync.web.parts import parts

_kept: WeakKeyDictionary[Database, ListUses] = WeakKeyDictionary()


def use_of_lists(transaction: Transaction, office: Office) -> ListUse:
    """How many coming appointments use what."""
    return _kept.setdefault(parts().database, ListUses()).of(transaction, parts().vault, office)
