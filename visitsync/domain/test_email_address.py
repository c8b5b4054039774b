"""The one form of an address, and the verdict on it, against email-validator and lists of real errors."""

from unicodedata import normalize

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from visitsync.domain.email_address import EmailProblem, EmailVerdict, canonical, is_usable, verdict
from visitsync.domain.email_words import MISTYPED_DOMAINS, MISTYPED_ENDINGS, PLACEHOLDER_DOMAINS, PLACEHOLDER_WORDS

local_parts = st.text("abcXYZ019.+-_'!#$%&*/=?^`{|}~", min_size=1, max_size=70)
domains = st.text("abcxyzXYZ019.-_", min_size=1, max_size=40)
anything = st.text(st.characters(codec="utf-8"), max_size=40)


def _is_accepted_by_email_validator(address: str) -> bool:
    try:
        validate_email(address.strip(), check_deliverability=False, strict=True)
    except EmailNotValidError:
        return False
    return True


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.emails(), st.builds("{}@{}".format, local_parts, domains), anything))
@example("a@b-c.example")
@example("a@-b.example")
@example("a@xn--zzzz.example")
@example("a@ab--c.example")
@example("a@host.local")
@example(f"{'a' * 65}@example.org")
@example(f"a@{'b' * 64}.example")
def test_r4_validity_is_email_validators_word_with_our_own_exceptions_on_top(address: str) -> None:
    ours, theirs = verdict(address).problem, _is_accepted_by_email_validator(address)
    if ours is None:
        assert theirs
    elif theirs:
        beyond_syntax = {EmailProblem.PLACEHOLDER, EmailProblem.MISTYPED, EmailProblem.UNUSUAL_LETTERS}
        has_one_letter_ending = len(address.strip().rpartition(".")[2]) == 1
        assert ours in beyond_syntax or has_one_letter_ending


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.emails(), anything, st.builds("{}@{}".format, anything, anything)))
def test_the_canonical_form_is_its_own_canonical_form(address: str) -> None:
    once = canonical(address)
    assert canonical(once) == once
    assert once == once.strip()


@given(st.emails(), st.sampled_from(["", " ", "\t", "\u00a0"]))
def test_r5_case_and_space_around_an_address_make_no_other_address(address: str, space: str) -> None:
    assert canonical(f"{space}{address.upper()}{space}") == canonical(address.lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Odalys@Example.ORG", "odalys@example.org"),
        ("ｏｄａｌｙｓ＠ｅｘａｍｐｌｅ．ｏｒｇ", "odalys@example.org"),
        ("odalys@müller.example", "odalys@xn--mller-kva.example"),
        (normalize("NFD", "josé@example.org"), normalize("NFC", "josé@example.org")),
    ],
)
def test_r5_the_same_mailbox_written_in_two_ways_is_equal(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("o.quenby@example.org", "oquenby@example.org"),
        ("quenby+a@example.org", "quenby@example.org"),
        ("odalys@gmaіl.com", "odalys@gmail.com"),  # a Cyrillic letter in the domain
        ("оdalys@example.org", "odalys@example.org"),  # and one before the @
    ],
)
def test_r5_what_only_looks_alike_is_another_address(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_no_address_is_the_empty_form() -> None:
    assert canonical("") == canonical("  \n") == ""


@pytest.mark.parametrize("word", sorted(PLACEHOLDER_WORDS))
def test_r4_every_filler_word_is_a_placeholder_alone_and_before_the_at(word: str) -> None:
    assert verdict(word).problem is EmailProblem.PLACEHOLDER
    assert verdict(f"{word.upper()}@example.org").problem is EmailProblem.PLACEHOLDER


@pytest.mark.parametrize("domain", sorted(PLACEHOLDER_DOMAINS))
def test_r4_every_filler_domain_is_a_placeholder(domain: str) -> None:
    assert verdict(f"odalys@{domain}").problem is EmailProblem.PLACEHOLDER


@pytest.mark.parametrize(("slip", "meant"), sorted(MISTYPED_DOMAINS.items()))
def test_r4_every_known_slip_says_what_was_meant(slip: str, meant: str) -> None:
    assert verdict(f"odalys@{slip}") == EmailVerdict(EmailProblem.MISTYPED, slip, meant)
    assert is_usable(f"odalys@{meant}")


@pytest.mark.parametrize(("slip", "meant"), sorted(MISTYPED_ENDINGS.items()))
def test_r4_an_ending_that_nobody_offers_is_a_slip_whatever_the_domain(slip: str, meant: str) -> None:
    assert verdict(f"odalys@clinic.{slip}").suggested_domain == f"clinic.{meant}"


@pytest.mark.parametrize("slip", sorted(MISTYPED_DOMAINS))
def test_no_slip_is_a_host_that_another_slip_means(slip: str) -> None:
    assert slip not in MISTYPED_DOMAINS.values()


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("n/a", EmailProblem.PLACEHOLDER),
        ("-----", EmailProblem.PLACEHOLDER),
        ("No e-mail", EmailProblem.PLACEHOLDER),
        ("a@example.org;b@example.org", EmailProblem.TWO_ADDRESSES),
        ("a@example.org / b@example.org", EmailProblem.TWO_ADDRESSES),
        ("a @example.org", EmailProblem.INNER_SPACE),
        ("ａ@example.org", EmailProblem.UNUSUAL_LETTERS),
        ("mailto:a@example.org", EmailProblem.INVALID),
        ("a@example", EmailProblem.INVALID),
        ("a@192.0.2.1", EmailProblem.INVALID),
        ("a\u200b@example.org", EmailProblem.INVALID),
        (f"{'a' * 300}@example.org", EmailProblem.INVALID),
        ("@", EmailProblem.INVALID),
        ("Jo <a@example.org>", EmailProblem.INVALID),
    ],
)
def test_r4_what_stands_in_real_charts(address: str, problem: EmailProblem) -> None:
    assert verdict(address).problem is problem


def test_a_verdict_never_holds_what_stands_before_the_at() -> None:
    for address in ("perpetua@gmial.com", "perpetua@@example.org", "perpetua lund@example.org", "perpetua@none.com"):
        assert "perpetua" not in str(verdict(address))


def test_a_very_long_field_is_judged_quickly_and_refused() -> None:
    for letter in ("a", ".", "@", "é", " "):
        assert verdict("x@" + letter * 100_000).problem is not None
