"""Trials of what messages say about patients: numbers, names, e-mail wherever it stands, insurance, merges."""

from datetime import UTC, date, datetime

import pytest

from visitsync.connector_kit.hl7v2.sample import TRANSLATOR, adt, context, header, patient, records, segment, siu
from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.patient import Address, Coverage, PatientStatus

LATER, EARLIER = {7: "20261019150000"}, {7: "20261019120000"}
EMAIL = "adaeze.okonkwo@example.com"
INSURED = "IN1|1|88^PPO 80|4411|Blue Sample Mutual||||GRP77" + "|" * 28 + "XBS000147"


def test_a_chart_is_understood_whole() -> None:
    found = patient(adt("A08", INSURED))
    assert (found.first_name, found.last_name, found.date_of_birth) == ("Adaeze", "Okonkwo", date(1968, 6, 17))
    assert (found.email, found.phones) == (EMAIL, ("(555)010-0147",))
    assert found.address == Address("7 Reed Ct, Apt 2", "Alderton", "PA", "19001")
    assert found.coverages == (Coverage("Blue Sample Mutual", "4411", "XBS000147"),)
    assert found.status is PatientStatus.ACTIVE
    assert found.changed_at == datetime(2026, 10, 19, 18, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pid", "settings", "identity"),
    [
        ({3: "8801"}, {}, "8801"),
        ({3: "123456789^^^USA^SS~8801^^^HOLLOW^MR"}, {}, "8801"),
        ({3: "77^^^NHS^NH~8801^^^X^PI"}, {}, "8801"),
        ({3: "8801^^^A^MRN~9902^^^B^MR"}, {}, "8801"),
        ({3: "8801^^^A^MR~9902^^^B&1.2.3&ISO^MR"}, {"patient_authority": "b"}, "9902"),
        ({3: "8801"}, {"patient_authority": "B"}, "8801"),
        ({3: "", 2: "8801"}, {}, "8801"),
        ({3: '""', 4: "8801"}, {}, "8801"),
        ({3: "", 18: "8801^^^A"}, {}, "8801"),
        ({3: "123456789^^^USA^SS", 18: "8801^^^A"}, {}, "8801"),  # the other is struck out before it is kept
        ({3: "8801^^^HOLLOW^MR"}, {"patient_namespace": "authority"}, "HOLLOW/8801"),
        ({3: "8801"}, {"patient_namespace": "practice"}, "HOLLOW/8801"),
    ],
)
def test_what_a_patient_is_called(pid: dict[int, str], settings: dict[str, str], identity: str) -> None:
    assert patient(adt(pid=pid), **settings).id == identity


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("Okonkwo^Adaeze^N^Jr^Dr", "Okonkwo", "Adaeze"),
        ("Okonkwo&&^Adaeze", "Okonkwo", "Adaeze"),
        ("Nick^Name^^^^^N~Okonkwo^Adaeze^^^^^L", "Okonkwo", "Adaeze"),
        ("Okonkwo^Adaeze~Other^Name^^^^^A", "Okonkwo", "Adaeze"),
        ("Okonkwo", "Okonkwo", ""),
        (r"O\S\Brien^A\T\B", "O^Brien", "A&B"),
    ],
)
def test_names(written: str, family: str, given: str) -> None:
    found = patient(adt(pid={5: written}))
    assert (found.last_name, found.first_name) == (family, given)


@pytest.mark.parametrize(
    ("written", "born", "text"),
    [
        ("19680617", date(1968, 6, 17), ""),
        ("196806171230", date(1968, 6, 17), ""),
        ("1968", None, "1968"),
        ("196806", None, "196806"),
        ("17 June", None, "17 June"),
        ("19681317", None, "19681317"),
        ('""', None, ""),
    ],
)
def test_births(written: str, born: date | None, text: str) -> None:
    found = patient(adt(pid={7: written}))
    assert (found.date_of_birth, found.date_of_birth_text) == (born, text)


@pytest.mark.parametrize(
    ("written", "line", "city"),
    [
        ("7 Reed Ct&Reed Ct&7^^Alderton^PA", "7 Reed Ct", "Alderton"),
        ("&Reed Ct&7^^Alderton", "Reed Ct 7", "Alderton"),
        ("PASEO&Reed&7^2 B^Alderton", "PASEO Reed 7, 2 B", "Alderton"),
        ("1 Old Rd^^Elsewhere^^^^BA~7 Reed Ct&Reed Ct&7^^Alderton", "7 Reed Ct", "Alderton"),
        ("7 Reed Ct^Apt 2^Alderton", "7 Reed Ct, Apt 2", "Alderton"),
        ("^^Alderton^PA", "", "Alderton"),
        ("^^^^422-8033^JPN^H^7 Reed Ct, Alderton", "7 Reed Ct, Alderton", ""),  # whole in XAD.8, as in Japan
        ("1 Birth Pl^^Elsewhere^^^^BR~7 Reed Ct^^Alderton^^^^H", "7 Reed Ct", "Alderton"),
        ("1 Old Rd^^Elsewhere^^^^BA~7 Reed Ct^^Alderton^^^^M", "7 Reed Ct", "Alderton"),
    ],
)
def test_addresses(written: str, line: str, city: str) -> None:
    address = patient(adt(pid={11: written})).address
    assert (address.line, address.city) == (line, city)


@pytest.mark.parametrize(
    ("pid", "more"),
    [
        ({13: f"(555)010-0147^PRN^CP~^NET^Internet^{EMAIL}"}, ()),
        ({13: f"^NET^X.400^{EMAIL}"}, ()),
        ({13: f"(555)010-0147^PRN^PH^{EMAIL}"}, ()),
        ({13: f"{EMAIL}^NET^Internet"}, ()),
        ({13: f"{EMAIL}^NET"}, ()),
        ({13: EMAIL}, ()),
        ({13: f"(555)010-0147~(555)010-0148~{EMAIL}^EMAIL"}, ()),
        ({13: f"mail@^NET~^NET^Internet^{EMAIL}"}, ()),  # the first that is one
        ({13: f"(555)010-0147^HOME~5550100148^{EMAIL}^EMAIL"}, ()),  # in XTN.2, behind a phone
        ({13: "(555)010-0147", 14: f"^WPN^Internet^{EMAIL}"}, ()),
        ({13: "", 40: f"^NET^Internet^{EMAIL}"}, ()),
        ({13: ""}, (f"ZPD|1||{EMAIL}",)),
        ({13: ""}, (f"ZZZ|^^^{EMAIL}",)),
        ({13: ""}, ("NTE|1||x", f"ZPD|1|^NET^Internet^{EMAIL}")),
    ],
)
def test_the_address_is_found_wherever_it_stands(pid: dict[int, str], more: tuple[str, ...]) -> None:
    assert patient(adt("A08", *more, pid=pid)).email == EMAIL


@pytest.mark.parametrize("written", ["^^PH^+15550100147", "^PRN^PH^^^^^+15550100147", "^PRN^PH^^^^^^^^^+15550100147"])
def test_a_whole_number_is_found_beside_its_place(written: str) -> None:
    found = patient(adt(pid={13: written}))
    assert (found.phones, found.email) == (("+15550100147",), "")


def test_phones_stand_in_pid_40_from_version_2_7_on() -> None:
    found = patient(adt(pid={13: "", 40: f"5550100147^PRN^PH~^NET^Internet^{EMAIL}~(555)010-0148^PRN^FX"}))
    assert (found.phones, found.email) == (("5550100147",), EMAIL)


def test_an_ampersand_in_an_address_need_not_be_escaped() -> None:
    for written in ("^NET^Internet^pat&ada@example.com", r"^NET^Internet^pat\T\ada@example.com", "pat&ada@example.com"):
        assert patient(adt(pid={13: f"(555)010-0147^PRN~{written}"})).email == "pat&ada@example.com"
    assert patient(adt(pid={13: f"^NET^Internet^{EMAIL}&work"})).email == EMAIL


def test_an_address_that_is_none_is_told_as_it_is() -> None:
    assert patient(adt(pid={13: "^NET^Internet^declined"})).email == "declined"


def test_another_persons_address_is_not_the_patients() -> None:
    kin = f"NK1|1|Okonkwo^Chidi|PAR||(555)010-0150^PRN^PH~^NET^Internet^{EMAIL}"
    found = patient(adt("A08", kin, pid={13: "(555)010-0147"}))
    assert (found.email, found.other_emails, found.has_responsible_contact) == ("", (("next of kin", EMAIL),), True)
    by_setting = patient(adt("A08", kin, pid={13: "(555)010-0147"}), email_places="PID-13, NK1-5")
    assert by_setting.email == EMAIL


def test_what_a_message_leaves_out_stays_and_null_deletes() -> None:
    known = patient(adt("A08", INSURED))
    bare = adt(msh=LATER, pid={5: "", 7: "", 11: "", 13: "(555)010-0199"})
    found = patient(bare, known)
    assert (found.email, found.last_name, found.date_of_birth) == (EMAIL, "Okonkwo", date(1968, 6, 17))
    assert (found.address, found.coverages) == (known.address, known.coverages)
    assert found.phones == ("(555)010-0199",)
    deleted = patient(adt(msh=LATER, pid={5: 'Okonkwo^""', 7: '""', 11: '""', 13: '^NET^Internet^""'}), known)
    assert (deleted.email, deleted.first_name, deleted.last_name) == ("", "", "Okonkwo")
    assert (deleted.date_of_birth, deleted.address) == (None, Address())


def test_a_sender_of_snapshots_means_empty_by_empty() -> None:
    known = patient(adt())
    found = patient(adt(msh=LATER, pid={7: "", 11: "", 13: ""}), known, empty_means="deleted")
    assert (found.email, found.date_of_birth, found.address, found.phones) == ("", None, Address(), ())
    assert found.last_name == "Okonkwo"


def test_an_older_message_only_fills_gaps() -> None:
    known = patient(adt(pid={11: "", 13: "^NET^Internet^new@example.net"}))
    found = patient(adt("A08", INSURED, msh=EARLIER), known)
    assert found.email == "new@example.net"
    assert found.address.city == "Alderton"
    assert found.coverages == (Coverage("Blue Sample Mutual", "4411", "XBS000147"),)
    assert found.changed_at == known.changed_at


@pytest.mark.parametrize(
    ("line", "settings", "coverage"),
    [
        (INSURED, {}, Coverage("Blue Sample Mutual", "4411", "XBS000147")),
        ("IN1|1|88^PPO 80", {}, Coverage("PPO 80", "88", "")),
        ("IN1|1|88||Blue" + "|" * 45 + "M-9", {}, Coverage("Blue", "88", "M-9")),
        ("IN1|1|M-9||Blue", {"member_id_places": "IN1-2", "payer_id_places": "IN1-3"}, Coverage("Blue", "", "M-9")),
    ],
)
def test_insurance_in_the_senders_places(line: str, settings: dict[str, str], coverage: Coverage) -> None:
    assert patient(adt("A04", line), **settings).coverages == (coverage,)


def test_no_insurance_in_a_message_says_nothing_unless_the_sender_means_it() -> None:
    assert patient(adt()).coverages is None
    assert patient(adt(), no_insurance_means="none").coverages == ()
    assert patient(siu(), no_insurance_means="none").coverages is None
    assert patient(adt("A08", 'IN1|1|""')).coverages == ()


@pytest.mark.parametrize("line", ["IN1|1|SP||Self Pay", "IN1|1|^CASH", "IN1|1|||self-pay"])
def test_who_pays_alone_is_told_by_the_insurances_name(line: str) -> None:
    found = patient(adt("A08", line))
    assert (found.is_self_pay, found.coverages) == (True, ())


@pytest.mark.parametrize("pid", [{30: "Y"}, {29: "20261001"}, {29: "20261001", 30: "Y"}])
def test_the_dead_are_told(pid: dict[int, str]) -> None:
    dead = patient(adt(pid=pid))
    assert dead.status is PatientStatus.DECEASED
    assert patient(adt(msh=LATER), dead).status is PatientStatus.DECEASED
    assert patient(adt(msh=LATER, pid={30: "N"}), dead).status is PatientStatus.ACTIVE


def test_a_removed_person_is_gone() -> None:
    assert patient(adt("A29")).status is PatientStatus.GONE


@pytest.mark.parametrize("event", ["A40", "A18", "A30", "A34", "A47"])
def test_a_merge_gives_both_charts(event: str) -> None:
    body = adt(event, "MRG|8900^^^HOLLOW^MR", pid={13: "", 11: "", 7: ""})
    survivor, lost = records(body, RecordKind.PATIENT_UPDATE)
    assert (survivor.id, lost.id) == ("8801", "8900")
    merged = TRANSLATOR.patient_after(lost, context(), None)
    kept = TRANSLATOR.patient_after(survivor, context(), patient(adt(msh=EARLIER)))
    assert merged is not None
    assert kept is not None
    assert (merged.status, merged.merged_into_id) == (PatientStatus.MERGED, "8801")
    assert (kept.status, kept.email) == (PatientStatus.ACTIVE, EMAIL)


def test_a_merged_chart_stays_merged_until_it_is_opened_anew() -> None:
    (lost,) = records(adt("A40", "MRG|8900"), RecordKind.PATIENT_UPDATE)[1:]
    merged = TRANSLATOR.patient_after(lost, context(), None)
    old = {3: "8900^^^HOLLOW^MR"}
    assert patient(adt(msh=LATER, pid=old), merged).status is PatientStatus.MERGED
    assert patient(adt("A28", msh=LATER, pid=old), merged).status is PatientStatus.ACTIVE


def test_several_merges_in_one_message_are_paired() -> None:
    body = "\r".join(
        [header("A40", kind="ADT"), "PID|1||1", "MRG|11", "PID|2||2", "MRG|22", segment("PV1", {1: "1"})]
    ).encode()
    found = {
        each.id: TRANSLATOR.patient_after(each, context(), None) for each in records(body, RecordKind.PATIENT_UPDATE)
    }
    assert {key: each.merged_into_id for key, each in found.items() if each is not None} == {
        "1": None, "2": None, "11": "1", "22": "2",
    }  # fmt: skip


def test_what_only_another_source_tells_is_not_contradicted_by_silence() -> None:
    known = patient(adt())
    for status in (PatientStatus.INACTIVE, PatientStatus.RESTRICTED):
        inactive = type(known)(id=known.id, status=status)
        assert patient(adt(msh=LATER), inactive).status is status


def test_security_numbers_are_struck_out_and_nothing_else() -> None:
    numbers = {3: "8801^^^HOLLOW^MR~078051120^^^USA^SS", 19: "078-05-1120"}
    body = adt("A08", "NK1|1|Okonkwo" + "|" * 35 + "078051120", "GT1|1|||||||||||078051120|x", pid=numbers)
    (record,) = records(body, RecordKind.PATIENT_UPDATE)
    kept = TRANSLATOR.without_secrets(record)
    assert b"078" not in kept
    assert patient(kept) == patient(body)
    assert TRANSLATOR.without_secrets(records(adt(), RecordKind.PATIENT_UPDATE)[0]) == adt()
