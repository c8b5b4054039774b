"""Sealed values: readable with the key, in their place, and nowhere else."""

import multiprocessing
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.storage.keyring import Keyring, KeyringUnusable
from visitsync.storage.vault import KeyMissing, SealBroken, Vault, place

PRACTICE = UUID("5b0f7a52-44ce-4b4e-9b1c-2f3f8c0f6a10")
OTHER_PRACTICE = UUID("c0b6d0ce-0f0b-4b43-8f3e-5f0a9c1d7e22")
HERE = place("patient", PRACTICE, "1001")


def keyring(*key_ids: int) -> Keyring:
    """Keys that are the same whenever they have the same number."""
    return Keyring(
        index_key=b"i" * 32, data_keys={key_id: bytes([key_id]) * 32 for key_id in key_ids}, sealing_key_id=max(key_ids)
    )


INHERITED = Vault(keyring(1))
"""Made before any fork."""


@given(st.binary(max_size=500), st.binary(max_size=80))
def test_what_was_sealed_opens_again(plaintext: bytes, aad: bytes) -> None:
    vault = Vault(keyring(1))
    assert vault.open(vault.seal(plaintext, aad), aad) == plaintext


def test_the_same_value_never_looks_the_same_twice() -> None:
    vault = Vault(keyring(1))
    assert len({vault.seal(b"ada@example.org", HERE) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "elsewhere",
    [
        place("patient", OTHER_PRACTICE, "1001"),
        place("patient", PRACTICE, "1002"),
        place("staff", PRACTICE, "1001"),
        place("patient", PRACTICE, "1001", ""),
    ],
    ids=["other practice", "other patient", "other table", "longer key"],
)
def test_a_value_moved_to_another_row_does_not_open(elsewhere: bytes) -> None:
    vault = Vault(keyring(1))
    with pytest.raises(SealBroken):
        vault.open(vault.seal(b"ada@example.org", HERE), elsewhere)


@given(st.lists(st.text(max_size=6), max_size=4), st.lists(st.text(max_size=6), max_size=4))
def test_two_different_keys_are_two_different_places(one: list[str], other: list[str]) -> None:
    assert (place("patient", PRACTICE, *one) == place("patient", PRACTICE, *other)) == (one == other)


def test_a_changed_bit_anywhere_breaks_the_seal() -> None:
    vault = Vault(keyring(1))
    sealed = vault.seal(b"ada@example.org", HERE)
    for position in range(len(sealed)):
        tampered = bytearray(sealed)
        tampered[position] ^= 1
        with pytest.raises((SealBroken, KeyMissing)):
            vault.open(bytes(tampered), HERE)


def test_a_cut_value_breaks_the_seal() -> None:
    vault = Vault(keyring(1))
    sealed = vault.seal(b"ada@example.org", HERE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            vault.open(sealed[:length], HERE)


def test_errors_and_reprs_tell_no_secret() -> None:
    vault = Vault(keyring(1, 2))
    with pytest.raises(KeyMissing) as missing:
        Vault(keyring(1)).open(vault.seal(b"ada@example.org", HERE), HERE)
    assert str(missing.value) == "The keyring lacks data key 2."
    assert repr(keyring(1, 2)) == "Keyring(data keys [1, 2], sealing with 2)"


def test_a_value_sealed_before_the_rotation_opens_and_is_sealed_anew() -> None:
    sealed = Vault(keyring(1)).seal(b"ada@example.org", HERE)
    vault = Vault(keyring(1, 2))
    resealed = vault.reseal(sealed, HERE)
    assert resealed is not None
    assert Vault(keyring(2)).open(resealed, HERE) == b"ada@example.org"
    assert vault.reseal(resealed, HERE) is None


def test_a_running_process_learns_a_key_that_another_one_added() -> None:
    sealed = Vault(keyring(1, 2)).seal(b"ada@example.org", HERE)
    running = Vault(keyring(1), reread=lambda: keyring(1, 2))
    assert running.open(sealed, HERE) == b"ada@example.org"
    assert running.reseal(sealed, HERE) is None


def test_a_standby_key_opens_and_does_not_seal() -> None:
    key = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
    text = f"index {key}; data 1 {key}; "
    before, during, after = (Keyring.from_text(text + rest) for rest in ("", f"standby 2 {key}", f"data 2 {key}"))
    assert (before.sealing_key_id, during.sealing_key_id, after.sealing_key_id) == (1, 1, 2)
    sealed = Vault(after).seal(b"x", HERE)
    assert Vault(during).open(sealed, HERE) == b"x"


def test_equal_addresses_have_equal_indexes_in_one_practice_only() -> None:
    vault = Vault(keyring(1))
    index = vault.blind_index(PRACTICE, "ada@example.org")
    assert len(index) == 16
    assert Vault(keyring(1, 2)).blind_index(PRACTICE, "ada@example.org") == index, "rotation leaves indexes as they are"
    others = [
        vault.blind_index(OTHER_PRACTICE, "ada@example.org"),
        vault.blind_index(PRACTICE, "bob@example.org"),
        vault.blind_index(PRACTICE, "ada@example.org", kind="last name"),
    ]
    assert index not in others


def test_threads_seal_while_keys_change_under_them() -> None:
    keyrings = [keyring(1), keyring(1, 2)]
    vault = Vault(keyrings[0])

    def seal_and_open(number: int) -> bool:
        if number % 50 == 0:
            vault._use(keyrings[number // 50 % 2])
        aad = place("patient", PRACTICE, str(number))
        return Vault(keyrings[1]).open(vault.seal(b"%d" % number, aad), aad) == b"%d" % number

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(seal_and_open, range(4000)))


def test_a_forked_process_never_repeats_a_nonce() -> None:
    INHERITED.seal(b"", HERE)
    with multiprocessing.get_context("fork").Pool(2) as children:
        sealed = [value for values in children.map(_seal_many, range(4)) for value in values]
    assert len({value[3:15] for value in sealed}) == len(sealed)


def _seal_many(_: int) -> list[bytes]:
    return [INHERITED.seal(b"", HERE) for _ in range(100)]


def test_sealing_costs_microseconds() -> None:
    """Aim: 2.5 µs; asserted far above it, for a busy machine. Best of several rounds."""
    vault, value = Vault(keyring(1)), b"x" * 60
    best = min(_seconds(vault, value) for _ in range(5))
    assert best / 10_000 < 25e-6


def _seconds(vault: Vault, value: bytes) -> float:
    started = perf_counter()
    for _ in range(10_000):
        vault.seal(value, HERE)
    return perf_counter() - started


def test_a_new_keyring_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    created = Keyring.create_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Keyring.create_file(path) == created
    assert list(tmp_path.iterdir()) == [path]


def test_processes_that_create_the_keyring_at_once_agree_on_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keyrings = list(threads.map(Keyring.create_file, [tmp_path / "keys"] * 8))
    assert keyrings.count(keyrings[0]) == 8


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_keyring_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys"
    Keyring.create_file(path)
    path.chmod(mode)
    with pytest.raises(KeyringUnusable, match="chmod 600"):
        Keyring.from_file(path)


def test_adding_a_key_keeps_the_older_ones(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    sealed = Vault(Keyring.create_file(path)).seal(b"x", HERE)
    rotated = Keyring.add_data_key(path)
    assert rotated.sealing_key_id == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Vault(rotated).open(sealed, HERE) == b"x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "index QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
        "data 1 QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
        "index c2hvcnQ=\ndata 1 c2hvcnQ=",
        "index !!!\ndata 1 !!!",
        "index QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\ndata 0 QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
        "index QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\nsecret-typed-in-the-wrong-place",
    ],
)
def test_a_keyring_that_makes_no_sense_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(KeyringUnusable) as refused:
        Keyring.from_text(text)
    assert "QUFB" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_vault_of_the_tests_works(vault: Vault) -> None:
    aad = place("staff", uuid4())
    assert vault.open(vault.seal(b"x", aad), aad) == b"x"


def test_a_derived_key_depends_on_keyring_and_purpose_and_outlives_a_rotation() -> None:
    derived = Vault(keyring(1)).derive("signing")
    assert len(derived) == 32
    assert derived == Vault(keyring(1, 2)).derive("signing"), "data keys do not matter"
    others = Keyring(index_key=b"o" * 32, data_keys={1: b"d" * 32}, sealing_key_id=1)
    elsewhere = {Vault(keyring(1)).derive("signin"), Vault(others).derive("signing"), b"i" * 32}
    assert derived not in elsewhere
    assert len(elsewhere) == 3
