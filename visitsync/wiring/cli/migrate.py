"""visitsync migrate: bring the database up to date."""

import click

from visitsync.wiring.cli.options import json_option
from visitsync.wiring.cli.printing import print_json, say
from visitsync.wiring.house import migrate_external, open_house
from visitsync.wiring.settings import from_environment


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database up to date; harmless when it is. The embedded one does this by itself.

    For an external PostgreSQL set DATABASE_URL (the application's role, made if it is missing) and
    VISITSYNC_OWNER_URL (the owner's).

    \b
    Example:
      DATABASE_URL=… VISITSYNC_OWNER_URL=… visitsync migrate
    """
    settings = from_environment()
    if settings.database_url is None:
        with open_house(settings):
            applied: list[str] = []
    else:
        applied = migrate_external(settings)
    if as_json:
        print_json({"applied": applied})
    else:
        say("\n".join(f"applied {name}" for name in applied) or "The database is up to date.")
