"""Finds the connection that an address names, among those of the viewer's practice only."""

from uuid import UUID

from django.http import Http404

from visitsync.connector_kit.manifest import Manifest
from visitsync.connectors import connector_for
from visitsync.storage import practices
from visitsync.storage.database import Transaction
from visitsync.storage.practices import NoSuchConnection, StoredConnection
from visitsync.web.parts import parts
from visitsync.web.staff.viewer import Viewer


def connection_in(transaction: Transaction, connection_id: UUID) -> StoredConnection:
    """Raises Http404."""
    try:
        return practices.find_connection(transaction, connection_id)
    except NoSuchConnection:
        raise Http404 from None


def connection_of(viewer: Viewer, connection_id: UUID) -> StoredConnection:
    """The same in a transaction of its own. Raises Http404."""
    with parts().database.practice(viewer.practice_id) as transaction:
        return connection_in(transaction, connection_id)


def manifest_of(connection: StoredConnection) -> Manifest:
    """What is fixed about its EMR."""
    return connector_for(connection.emr).MANIFEST
