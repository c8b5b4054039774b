"""Settings from the environment, and the page that documents them."""

import os
import re
from pathlib import Path

import pytest

from visitsync.wiring.settings import VARIABLES, SettingUnusable, default_home, from_environment

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "run-it.md"


def test_what_is_not_set_has_its_default_and_an_empty_variable_is_not_set() -> None:
    settings = from_environment({"VISITSYNC_LOG_LEVEL": "", "VISITSYNC_HOME": "/srv/visitsync"})
    assert settings.log_level == "info"
    assert settings.home == Path("/srv/visitsync")
    assert settings.allows_loopback is False
    assert settings.database_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("VISITSYNC_CLOCK_AHEAD", "soon"), ("VISITSYNC_ALLOW_LOOPBACK", "perhaps"), ("VISITSYNC_LOG_LEVEL", "loud"),
     ("VISITSYNC_WEB_PORT", "eighty")],
)  # fmt: skip
def test_a_senseless_value_is_refused_by_name_and_never_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingUnusable, match=name) as refused:
        from_environment({name: value})
    assert value not in str(refused.value)


def test_the_printed_form_holds_no_secret() -> None:
    secrets = {"DATABASE_URL": "postgresql://app:hush@db/x", "VISITSYNC_KEY": "index aGVsbG8="}
    shown = repr(from_environment(secrets))
    assert "hush" not in shown
    assert "aGVsbG8=" not in shown


@pytest.mark.skipif(os.geteuid() == 0, reason="root keeps its state elsewhere")
def test_an_ordinary_users_state_is_in_their_state_home() -> None:
    assert default_home({"XDG_STATE_HOME": "/home/alice/state"}) == Path("/home/alice/state/visitsync")
    assert default_home({"XDG_STATE_HOME": "relative"}) == Path.home() / ".local/state/visitsync"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps its state there")
def test_roots_state_is_under_var_lib() -> None:
    assert default_home({"XDG_STATE_HOME": "/home/alice/state"}) == Path("/var/lib/visitsync")


def test_every_variable_is_documented_and_every_documented_one_exists() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == set(VARIABLES)
