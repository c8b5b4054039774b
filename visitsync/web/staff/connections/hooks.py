"""The address at which one connection's webhooks reach us; whoever knows it can make us look at the EMR sooner."""

from visitsync.connector_kit.manifest import Feed
from visitsync.storage.practices import StoredConnection
from visitsync.web.hook_token import hook_token
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import manifest_of
from visitsync.web.staff.viewer import Viewer


def webhook_address(viewer: Viewer, connection: StoredConnection) -> str:
    """ "" where the EMR has no webhooks."""
    if manifest_of(connection).feed is not Feed.POLL_AND_HINTS:
        return ""
    token = hook_token(viewer.practice_id, connection.connection_id)
    return f"{parts().public_url}/hooks/{connection.emr}/{token}"
