"""Under which indexes a patient is kept, so that others are held against them."""

from uuid import uuid4

import pytest

from visitsync.domain.patient import PatientStatus
from visitsync.rules.rehearsal import a_patient
from visitsync.storage.vault import Vault
from visitsync.sync.people import RETIRED, indexes

PRACTICE = uuid4()


@pytest.mark.parametrize("status", sorted(RETIRED))
def test_a_retired_chart_holds_no_address_and_is_nobodys_double(status: PatientStatus, vault: Vault) -> None:
    kept = indexes(vault, PRACTICE, a_patient("p1", status=status))
    assert (kept.email, kept.person) == (None, None)
    assert kept.last_name is not None


@pytest.mark.parametrize("status", sorted(set(PatientStatus) - RETIRED))
def test_every_other_chart_holds_its_address(status: PatientStatus, vault: Vault) -> None:
    kept, other = (indexes(vault, PRACTICE, a_patient("p1", status=each)) for each in (status, PatientStatus.ACTIVE))
    assert kept.email == other.email is not None
    assert kept.person == other.person is not None
