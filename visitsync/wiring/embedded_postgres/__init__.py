"""PostgreSQL without an installation: started, guarded and stopped by the process that needs it."""

from visitsync.wiring.embedded_postgres.errors import DatabaseDidNotStart, DatabaseFolderInUse
from visitsync.wiring.embedded_postgres.supervisor import EmbeddedPostgres, RunningDatabase
from visitsync.wiring.embedded_postgres.temporary import temporary_database

__all__ = [
    "DatabaseDidNotStart",
    "DatabaseFolderInUse",
    "EmbeddedPostgres",
    "RunningDatabase",
    "temporary_database",
]
