"""One folder per EMR: the listing is the list of supported EMRs. Connectors are discovered, never registered."""

import importlib
import pkgutil
from functools import cache
from typing import cast

from visitsync.connector_kit.connector import ConnectorModule


@cache
def supported_emrs() -> tuple[str, ...]:
    """The folder names of all connectors, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


@cache
def connector_for(emr: str) -> ConnectorModule:
    """The connector of that EMR. Raises KeyError for an EMR that has no folder."""
    if emr not in supported_emrs():
        raise KeyError(emr)
    return cast(ConnectorModule, importlib.import_module(f"{__name__}.{emr}"))
