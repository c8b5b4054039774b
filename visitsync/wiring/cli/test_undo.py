"""What was changed by command is taken back by command; what an EMR demands of a record can be set and is shown."""

from collections.abc import Callable

from visitsync.simulator_kit.scenarios import SCENARIOS
from visitsync.wiring.conftest import Connected, Visitsync


def test_the_last_change_is_taken_back_and_what_it_affects_is_judged(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    connected("drchrono").emr.book()
    visitsync("sync")
    assert visitsync("enable", "practitioner", "Imara Osei", "--off").words.strip() == "1 now need a provider."
    assert visitsync("undo").words.strip() == "1 now ready."
    shown = visitsync("undo", "--list").words
    assert "practitioner off" in shown
    assert "taken back" in shown
    [taking_back, off, *_] = visitsync("undo", "--list", "--json").json
    assert (taking_back["undoes"], off["is_undone"]) == (off["change_id"], True)
    twice = visitsync("undo", str(off["change_id"]))
    assert (twice.code, "taken back already" in twice.err) == (2, True)
    assert visitsync("undo", "987654").code == 3


def test_what_an_emr_demands_can_be_set_is_judged_by_and_shown(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected("drchrono")
    shown = at.emr.app.vendor_id(SCENARIOS["C1-address"].provoke(at.emr.clinic))
    visitsync("sync")
    assert visitsync("why", "lakeside", shown).code == 1
    assert "1 would start syncing" in visitsync("practice", "set", "required_demographics=none", "--preview").words
    assert visitsync("practice", "set", "required_demographics=none").words.strip() == "1 now ready."
    assert "demanded of a record: none" in visitsync("practice", "show").words
    tightened = visitsync("practice", "set", "required_demographics=address | e-mail")
    assert tightened.words.strip() == "1 stopped: now need a fix."
    assert "demanded of a record: e-mail | address" in visitsync("practice", "show").words
    assert visitsync("undo").words.strip() == "1 now ready."
    assert visitsync("practice", "set", "required_demographics=").words.strip() == "1 stopped: now need a fix."
    refused = visitsync("practice", "set", "required_demographics=shoe size")
    assert refused.code == 2
    assert "Choose from: first name, last name" in refused.err
    assert visitsync("practice", "set", "required_demographics").code == 2


def test_somebody_is_taken_out_of_a_household(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    SCENARIOS["B4"].provoke(at.emr.clinic)
    family = list(at.emr.clinic.patients)
    for patient in family:
        at.emr.book(patient=patient)
    visitsync("sync")
    ids = [str(patient.id) for patient in family]
    assert visitsync("household", "link", *ids).code == 0
    assert "3 stopped: now need a fix." in visitsync("household", "unlink", ids[0]).words
    assert visitsync("household", "unlink", ids[0]).code == 3
