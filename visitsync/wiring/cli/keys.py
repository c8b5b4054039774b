"""visitsync keys: the keyring that seals credentials and patient data."""

from pathlib import Path

import click

from visitsync.storage import practices
from visitsync.storage.keyring import Keyring
from visitsync.storage.rotation import reseal
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.options import json_option, the_house
from visitsync.wiring.cli.printing import print_json, say
from visitsync.wiring.home import keyring_file
from visitsync.wiring.house import SetUpMissing
from visitsync.wiring.settings import Settings, from_environment


@click.group()
def keys() -> None:
    """The keyring that seals credentials and patient data. Keep a copy apart from the database's backups.

    \b
    Example:
      visitsync keys create /etc/visitsync/keyring
    """


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def create(file: Path) -> None:
    """Make a new keyring in FILE, readable by you alone. An existing file is left as it is.

    \b
    Example:
      visitsync keys create /etc/visitsync/keyring
    """
    existed = file.exists()
    Keyring.create_file(file)
    say(
        f"{file} is there already; nothing was changed." if existed else f"{file} is made. Keep a copy in a safe place."
    )


@keys.command()
@json_option
def rotate(as_json: bool) -> int:
    """Add a data key and seal everything stored under it. Other processes learn the key by themselves.

    Older keys stay in the keyring, for backups. With VISITSYNC_KEY (no file) add the key there yourself first.

    \b
    Example:
      visitsync keys rotate
    """
    settings = from_environment()
    file = _file(settings)
    if file is not None:
        with the_house():
            Keyring.add_data_key(file)
    with the_house() as house:
        done = [
            batch
            for tenant in practices.tenants(house.database)
            for batch in reseal(house.database, house.vault, tenant.practice_id)
        ]
    resealed, broken = sum(batch.resealed for batch in done), sum(batch.broken for batch in done)
    if as_json:
        print_json({"resealed": resealed, "broken": broken})
    else:
        say(f"{resealed} values are sealed under the newest key now.")
        if broken:
            say(f"{broken} values do not open: their key is lost, or they were changed. They stay as they are.", "red")
    return Exit.ATTENTION if broken else Exit.FINE


def _file(settings: Settings) -> Path | None:
    if settings.key:
        return None
    if settings.key_file is not None:
        return settings.key_file
    if settings.database_url is not None:
        raise SetUpMissing("Set VISITSYNC_KEY_FILE to the keyring of this installation.")
    return keyring_file(settings.home)
