"""The command line, command by command, on a real database and pretend EMRs."""

from collections.abc import Callable

import pytest

from visitsync.simulator_kit.scenarios import SCENARIOS
from visitsync.wiring.conftest import Connected, Visitsync

EMRS = ("drchrono", "kareo")


@pytest.mark.parametrize("emr", EMRS)
def test_a_booking_becomes_a_visit_through_commands_alone(
    emr: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    booked = connected(emr).emr.book()
    synced = visitsync("sync", "--json")
    assert synced.code == 0, synced.out
    [turn] = synced.json
    assert turn["outcomes"] == {"ready": 1}
    answer = visitsync("why", "lakeside", booked, "--json")
    assert answer.code == 0
    [one] = answer.json["answers"]
    assert (one["outcome"], one["patient_name"]) == ("ready", "Ottoline Varga 1")
    assert one["visit"]["state"] == "active"


@pytest.mark.parametrize("emr", EMRS)
def test_why_names_the_fix_the_owner_and_the_time_and_follows_once_it_is_made(
    emr: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected(emr)
    appointment_id = SCENARIOS["B1"].provoke(at.emr.clinic)
    visitsync("sync")
    shown = at.emr.app.vendor_id(appointment_id)
    before = visitsync("why", "lakeside", shown)
    assert before.code == 1
    assert "No e-mail on the record" in before.words
    assert "Ask the patient for an e-mail address" in before.words
    assert "front desk" in before.words
    assert "Once that is done, it comes right by itself, by today" in before.words
    fix = SCENARIOS["B1"].fix
    assert fix is not None
    fix(at.emr.clinic, appointment_id)
    visitsync("sync", "--full")
    assert visitsync("why", "lakeside", shown).code == 0


@pytest.mark.parametrize("emr", EMRS)
def test_one_appointment_can_be_checked_again_on_its_own(
    emr: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected(emr)
    booked = at.emr.book()
    visitsync("sync")
    at.emr.clinic.cancel(next(iter(at.emr.clinic.appointments)).id)
    asked_before = len(at.emr.server.requests)
    checked = visitsync("sync", "--appointment", booked, "--json")
    assert checked.code == 0
    assert checked.json[0]["outcomes"] == {"cancelled": 1}
    assert len(at.emr.server.requests) - asked_before <= 4


def test_an_appointment_that_was_never_received_is_answered_with_the_last_and_the_next_read(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    connected("drchrono")
    before = visitsync("why", "lakeside", "4711")
    assert before.code == 3
    assert "has not been read completely yet" in before.words
    visitsync("sync")
    after = visitsync("why", "lakeside", "4711", "--json")
    assert after.code == 3
    [absent] = after.json["not_received"]
    assert absent["sentence"].startswith("DrChrono has never shown it. Last complete read today")
    assert absent["last_complete_read_at"] < absent["next_read_at"] or absent["next_read_at"]
    assert absent["next_far_read_at"] is not None


@pytest.mark.parametrize(
    "query",
    ["Ottoline Varga 1", "ottoline varga 1", "Varga 1, Ottoline", "ottoline.varga.1@example.net", "Imara", "40001"],
)
def test_an_appointment_is_found_by_whatever_staff_type(
    query: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    booked = connected("drchrono").emr.book()
    visitsync("sync")
    found = visitsync("why", "lakeside", *query.split(), "--json")
    assert [one["appointment_id"] for one in found.json["answers"]] == [booked]


def test_an_appointment_is_found_by_its_day_on_its_own_clocks(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected("drchrono")
    booked = at.emr.book()
    day = next(iter(at.emr.clinic.appointments)).start.date()
    visitsync("sync")
    for query in (day.isoformat(), f"{day:%m/%d/%Y}"):
        assert [one["appointment_id"] for one in visitsync("why", "lakeside", query, "--json").json["answers"]] == [
            booked
        ]


def test_an_unreadable_record_is_named_where_nothing_else_fits(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected("drchrono")
    at.emr.book()
    at.emr.book()
    at.emr.app.faults.switch_on("unreadable_record", times=None, match="GET /api/appointments", row=0)
    visitsync("sync")
    [unreadable] = visitsync("why", "lakeside", "somebody", "--json").json["unreadable"]
    assert unreadable["kind"] == "appointment"
    exact = visitsync("why", "lakeside", unreadable["record"])
    assert exact.code == 1
    assert "RECEIVED, BUT UNREADABLE" in exact.words


def test_approving_a_type_says_what_it_did(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    kind = at.emr.clinic.add_type("Video Check-In")
    at.emr.book(type_id=kind.id)
    visitsync("sync", "--full")
    done = visitsync("approve", "mark", "Video Check-In")
    assert done.code == 0
    visitsync("sync")  # the patient is read only now that somebody needs the record
    withdrawn = visitsync("approve", "mark", "Video Check-In", "--withdraw")
    assert withdrawn.words.strip() == "1 stopped: now need a fix."
    assert visitsync("approve", "mark", "Video Check-In").words.strip() == "1 now ready."


def test_what_the_emr_does_not_list_is_not_approved_unasked(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    connected("drchrono")
    refused = visitsync("approve", "mark", "Telemedicine Visits")
    assert refused.code == 3
    assert "It lists: Office Visit, Telemedicine Visit, Video Consult." in refused.err
    assert visitsync("approve", "mark", "Telemedicine Visits", "--unlisted").code == 0


def test_an_accepted_spelling_counts(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    SCENARIOS["A2"].provoke(at.emr.clinic)
    visitsync("sync", "--full")
    assert visitsync("approve", "spelling", "Telemedicne Visit", "--of", "Teleconsult").code == 3
    accepted = visitsync("approve", "spelling", "Telemedicne Visit", "--of", "Telemedicine Visit")
    assert accepted.words.strip() == "1 now ready."


def test_the_meaning_of_a_status_is_applied_to_what_is_stored(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected("drchrono")
    booked = at.emr.book(status="Phoned-OK")
    visitsync("sync")
    assert visitsync("why", "lakeside", booked, "--json").json["answers"][0]["outcome"] != "cancelled"
    assert visitsync("approve", "status", "Phoned-OK", "--means", "cancelled").code == 0
    assert visitsync("why", "lakeside", booked, "--json").json["answers"][0]["outcome"] == "cancelled"


def test_disabling_a_practitioner_unlinks_and_enabling_links_again(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    connected("drchrono").emr.book()
    visitsync("sync")
    off = visitsync("enable", "practitioner", "Imara Osei", "--off")
    assert off.words.strip() == "1 now need a provider."
    assert visitsync("enable", "practitioner", "Imara Osei").words.strip() == "1 now ready."


def test_a_household_shares_its_address(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    SCENARIOS["B4"].provoke(at.emr.clinic)
    family = list(at.emr.clinic.patients)
    for patient in family:
        at.emr.book(patient=patient)
    visitsync("sync")
    assert visitsync("why", "lakeside", family[0].email).code == 1
    ids = [str(patient.id) for patient in family]
    assert "3 now ready." in visitsync("household", "link", *ids).words
    assert visitsync("household", "link", ids[0]).code == 2


def test_a_test_visit_may_use_a_staff_address(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    appointment_id = SCENARIOS["B3"].provoke(at.emr.clinic)
    staff_email = at.emr.clinic.patients[at.emr.clinic.appointments[appointment_id].patient_id or 0].email
    visitsync("staff", "add", "Somebody", "--email", staff_email)
    visitsync("sync")
    shown = at.emr.app.vendor_id(appointment_id)
    assert visitsync("why", "lakeside", shown).code == 1
    assert visitsync("test-visit", shown).words.strip() == "1 now ready."


def test_staff_addresses_are_judged_at_once(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    connected("drchrono").emr.book()
    visitsync("sync")
    added = visitsync("staff", "add", "Ottoline", "--email", "Ottoline.Varga.1@example.net")
    assert "1 stopped: now need a fix." in added.words
    assert visitsync("staff", "add", "Twice", "--email", "ottoline.varga.1@EXAMPLE.net").code == 2


@pytest.mark.parametrize("emr", EMRS)
def test_wrong_credentials_are_refused_in_words_and_not_read(
    emr: str, visitsync: Visitsync, connected: Callable[[str], Connected], tmp_path_factory: pytest.TempPathFactory
) -> None:
    at = connected(emr)
    at.emr.credentials_file.write_text(
        at.emr.credentials_file.read_text().replace("example-first", "stolen").replace("Biscuits", "Crumbs")
    )
    refused = visitsync(*at.emr.connect_arguments("lakeside"))
    assert refused.code == 5
    assert "Traceback" not in refused.err
    assert visitsync("sync").code == 0, "the connection that was there goes on with what it had"


def test_credentials_come_from_the_environment_too(
    visitsync: Visitsync, connected: Callable[[str], Connected], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = connected("kareo")
    for name, value in (("CUSTOMER_KEY", "k7simulated00"), ("USER", "interface@larkspur.example"),
                        ("PASSWORD", "Tea & <Biscuits> 14")):  # fmt: skip
        monkeypatch.setenv(f"VISITSYNC_KAREO_{name}", value)
    again = visitsync("connect", "kareo", "--base-url", at.emr.base_url)
    assert again.code == 0, again.err
    assert "Biscuits" not in again.out + again.err


def test_an_emr_address_on_this_machine_is_refused_unless_allowed(
    visitsync: Visitsync, connected: Callable[[str], Connected], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = connected("kareo")
    monkeypatch.delenv("VISITSYNC_ALLOW_LOOPBACK")
    refused = visitsync(*at.emr.connect_arguments("lakeside"))
    assert refused.code == 2
    assert "VISITSYNC_ALLOW_LOOPBACK" in refused.err


def test_an_outage_is_told_with_its_own_exit_code(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    at.emr.app.faults.switch_on("outage", times=None, match="GET /api/")
    out = visitsync("sync")
    assert out.code == 4
    assert "is not answering at the moment" in out.words
    health = visitsync("health", "--json")
    assert health.code == 1
    [one] = health.json["connections"]
    assert (one["is_normal"], one["trouble"]) == (False, "emr-outage")


def test_health_is_normal_after_a_sync(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    connected("drchrono").emr.book()
    visitsync("sync")
    health = visitsync("health")
    assert health.code == 0
    assert "lakeside: DrChrono normal" in health.words
    assert "of 20000 requests used" in health.words or "requests used" in health.words


def test_the_catalogue_shows_what_is_connected(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    connected("kareo")
    listed = visitsync("catalog", "--json").json
    assert ("Telemedicine Visit", True) in [(one["name"], one["is_connected"]) for one in listed["types"]]
    assert "✓ Telemedicine Visit" in visitsync("catalog").words


def test_replay_judges_without_asking_the_emr(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    at.emr.book()
    visitsync("sync")
    asked_before = len(at.emr.server.requests)
    done = visitsync("replay", "--json")
    assert done.code == 0
    assert done.json["still_unreadable"] == 0
    assert len(at.emr.server.requests) == asked_before


@pytest.mark.parametrize("emr", EMRS)
def test_a_replay_changes_nothing_by_itself(
    emr: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected(emr)
    for name in ("B1", "B2", "A2", "F4", "F6"):
        SCENARIOS[name].provoke(at.emr.clinic)
    visitsync("sync")
    before = visitsync("practice", "show", "--json").json["connections"][0]["outcomes"]
    assert visitsync("replay", "--json").json["still_unreadable"] == 0
    assert visitsync("practice", "show", "--json").json["connections"][0]["outcomes"] == before


def test_too_many_cancellations_wait_for_a_person(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    for _ in range(10):
        at.emr.book()
    visitsync("sync")
    for appointment in list(at.emr.clinic.appointments):
        at.emr.clinic.cancel(appointment.id)
    stopped = visitsync("sync", "--json")
    assert stopped.code == 1
    assert stopped.json[0]["outcomes"] == {"ready": 10}
    accepted = visitsync("sync", "--accept-cancellations", "--json")
    assert accepted.json[0]["outcomes"] == {"cancelled": 10}


def test_closures_are_kept_and_shown(visitsync: Visitsync, connected: Callable[[str], Connected]) -> None:
    connected("kareo")
    assert visitsync("practice", "close", "2027-12-24").code == 0
    assert visitsync("practice", "show", "--json").json["closures"] == ["2027-12-24"]
