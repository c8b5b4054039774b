"""Whatever goes wrong when asking an EMR has a reason that staff can read."""

import pytest

from visitsync.connector_kit import errors
from visitsync.connector_kit.errors import ConnectorError
from visitsync.domain.reasons import REASONS

every_error = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ConnectorError)]


@pytest.mark.parametrize("error", every_error)
def test_the_code_of_every_error_is_in_the_catalogue(error: type[ConnectorError]) -> None:
    assert error.code in REASONS
