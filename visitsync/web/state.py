"""Whether this process lives, and whether it can do its work: for whatever watches and restarts it."""

import psycopg
import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from visitsync.storage.database import StorageUnavailable
from visitsync.storage.keyring import KeyringUnusable
from visitsync.storage.migrate import DatabaseNewer, DatabaseOutdated, MigrationChanged, refuse_outdated
from visitsync.storage.vault import KeyMissing, SealBroken
from visitsync.web.parts import parts

log = structlog.get_logger()


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """It lives; asks nobody else."""
    return JsonResponse({"status": "alive"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Database, migrations and key, each by name; 503 if any is not as it must be."""
    found = {"database": "ok", "migrations": "ok", "key": "ok"}
    try:
        with parts().database.shared() as connection:
            refuse_outdated(connection)
    except (StorageUnavailable, psycopg.Error) as error:
        log.warning("not ready", exc_info=error)
        found |= {"database": "unavailable", "migrations": "unknown"}
    except (DatabaseOutdated, DatabaseNewer, MigrationChanged) as error:
        log.warning("not ready", exc_info=error)
        found["migrations"] = "not as this version expects"
    try:
        vault = parts().vault
        vault.open(vault.seal(b"ready", b"ready"), b"ready")
    except (KeyMissing, SealBroken, KeyringUnusable) as error:
        log.warning("not ready", exc_info=error)
        found["key"] = "unusable"
    is_ready = set(found.values()) == {"ok"}
    return JsonResponse({"status": "ready" if is_ready else "not ready", **found}, status=200 if is_ready else 503)
