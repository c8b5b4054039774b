"""Which shared scenarios a pretend EMR has no place for, and why; every simulator says so beside its scenarios."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType

NAMES = ("NOT_EXPRESSED", "NOT_SHOWN")


def not_shown(emr: str) -> Mapping[str, str]:
    """Scenario → why this EMR's records cannot show it."""
    for module in _modules(f"visitsync.connectors.{emr}.simulator"):
        for name in NAMES:
            found: Mapping[str, str] = getattr(module, name, {})
            if found:
                return found
    return {}


def _modules(package: str) -> Iterator[ModuleType]:
    simulator = importlib.import_module(package)
    yield simulator
    names = [one.name for one in pkgutil.iter_modules(simulator.__path__)]
    for name in names:
        if name == "scenarios":
            yield importlib.import_module(f"{package}.{name}")
