"""An e-mail address as a patient's record holds it: its one canonical form, and what is wrong with it, if anything."""

import re
from enum import StrEnum
from functools import lru_cache
from unicodedata import normalize

import msgspec
from email_validator import EmailNotValidError, validate_email

from visitsync.domain.email_words import (
    MISTYPED_DOMAINS,
    MISTYPED_ENDINGS,
    PLACEHOLDER_DOMAINS,
    PLACEHOLDER_WORDS,
)


class EmailProblem(StrEnum):
    """Why an address cannot be used to log in."""

    MISSING = "missing"
    PLACEHOLDER = "placeholder"
    """Typed to get past the field: none@…, n/a, declined."""
    TWO_ADDRESSES = "two addresses in one field"
    INNER_SPACE = "a space inside the address"
    UNUSUAL_LETTERS = "letters that only look like ordinary ones"
    """Full-width or other compatibility forms, as some keyboards type them."""
    MISTYPED = "mistyped"
    """Well formed, but the domain is a known slip of the keys; `EmailVerdict.suggested_domain` says what was meant."""
    INVALID = "not a valid address"


class EmailVerdict(msgspec.Struct, frozen=True):
    """What is wrong with an address. Carries the domain only, never the part before the @."""

    problem: EmailProblem | None = None
    domain: str = ""
    suggested_domain: str = ""


USABLE = EmailVerdict()

# The shape of ordinary ASCII addresses; their domain is still asked of email-validator, once, and all others wholly.
_PLAIN = re.compile(
    r"(?P<local>[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
    r"@(?P<domain>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z])",
    re.IGNORECASE | re.ASCII,
).fullmatch
_TWO_ADDRESSES = re.compile(r"@[^@]*[,;/|\s][^@]*@").search
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, errata 1690
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1


def canonical(raw: str) -> str:
    """The form in which two addresses are compared: "" where there is none.

    Surrounding space goes, full-width letters fold, case folds, an international domain becomes its ASCII form; so a
    Cyrillic look-alike stays different. Dots and plus signs before the @ stay: they differ at most mail hosts.
    Works for unusable addresses too. Applying it twice changes nothing.
    """
    if raw.isascii():
        return raw.strip().lower()
    return _canonical_of_unusual(raw)


@lru_cache(maxsize=16_384)
def verdict(raw: str) -> EmailVerdict:
    """What is wrong with an address as the EMR holds it; USABLE if nothing. Asks no name server.

    Space around the address is no fault. Syntax is email-validator's (strict), plus: no one-letter top level domain.
    """
    address = raw.strip()
    plain = _PLAIN(address)
    if plain is None:
        return _verdict_of_unusual(address)
    local, domain = plain.group("local", "domain")
    if len(local) > _LONGEST_LOCAL_PART or len(address) > _LONGEST_ADDRESS:
        return EmailVerdict(EmailProblem.INVALID, domain.lower())
    if _is_placeholder_word(local):
        return EmailVerdict(EmailProblem.PLACEHOLDER, domain.lower())
    return _domain_verdict(domain.lower())


def is_usable(raw: str) -> bool:
    """Whether a patient could log in with this address, as far as can be told without sending mail."""
    return verdict(raw).problem is None


@lru_cache(maxsize=4_096)
def _domain_verdict(domain: str) -> EmailVerdict:
    if domain in PLACEHOLDER_DOMAINS:
        return EmailVerdict(EmailProblem.PLACEHOLDER, domain)
    if not _is_valid_syntax(f"x@{domain}") or len(domain.rpartition(".")[2]) == 1:
        return EmailVerdict(EmailProblem.INVALID, domain)
    meant = _domain_meant(domain)
    return EmailVerdict(EmailProblem.MISTYPED, domain, meant) if meant else USABLE


def _domain_meant(domain: str) -> str:
    if meant := MISTYPED_DOMAINS.get(domain):
        return meant
    name, _, ending = domain.rpartition(".")
    if right_ending := MISTYPED_ENDINGS.get(ending):
        return MISTYPED_DOMAINS.get(f"{name}.{right_ending}", f"{name}.{right_ending}")
    return ""


def _verdict_of_unusual(address: str) -> EmailVerdict:
    """For all that is not a plain ASCII address."""
    if not address:
        return EmailVerdict(EmailProblem.MISSING)
    has_at = "@" in address
    if not has_at and (_is_placeholder_word(address) or not any(letter.isalnum() for letter in address)):
        return EmailVerdict(EmailProblem.PLACEHOLDER)
    if _TWO_ADDRESSES(address):
        return EmailVerdict(EmailProblem.TWO_ADDRESSES)
    if _PLAIN("".join(address.split())):
        return EmailVerdict(EmailProblem.INNER_SPACE)
    if normalize("NFKC", address) != normalize("NFC", address):
        return EmailVerdict(EmailProblem.UNUSUAL_LETTERS)
    if not _is_valid_syntax(address):
        return EmailVerdict(EmailProblem.INVALID)
    return _domain_verdict(canonical(address).rpartition("@")[2])


def _is_placeholder_word(text: str) -> bool:
    word = text.lower()
    if not word.isalnum():
        word = _NEITHER_LETTER_NOR_DIGIT.sub("", word)
    return word in PLACEHOLDER_WORDS


def _is_valid_syntax(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return False
    return True


@lru_cache(maxsize=4_096)
def _canonical_of_unusual(raw: str) -> str:
    folded = _folded(raw)
    local, at, domain = folded.rpartition("@")
    return f"{local}{at}{_ascii_domain(domain)}" if at else folded


def _folded(text: str) -> str:
    """NFKC and lower case, repeated because each can undo the other for a few letters."""
    for _ in range(4):
        folded = normalize("NFKC", text.lower()).strip()
        if folded == text:
            break
        text = folded
    return text


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return validate_email(f"x@{domain}", check_deliverability=False).ascii_domain.lower()
    except EmailNotValidError:
        return domain
