"""What insurance packages of athenahealth mean (reference, section 8.5)."""

from collections.abc import Iterable

from visitsync.connectors.athenahealth.drift import optional_id, text_of
from visitsync.connectors.athenahealth.payloads import Package
from visitsync.domain.patient import Coverage

SELF_PAY_NAME = "*self pay*"
SELF_PAY_PAYER = "self-pay"
"""What the payer of package 0 and of payment plans (package -500) is called, with more behind it."""


def current_packages(packages: Iterable[Package]) -> list[Package]:
    """Those that were not cancelled, the primary one first; cancelled ones may share its number."""
    return sorted((one for one in packages if not one.cancelled), key=lambda one: _sequence(one.sequencenumber))


def is_self_pay(package: Package) -> bool:
    """Package 0, whatever it is called; a plan by which the patient pays in parts is no insurance either."""
    named, payer = ((name or "").strip().casefold() for name in (package.insuranceplanname, package.ircname))
    is_so_called = named == SELF_PAY_NAME or payer.startswith(SELF_PAY_PAYER)
    return text_of(package.insurancepackageid) == "0" or is_so_called


def to_coverage(package: Package) -> Coverage:
    """Raises RecordUnreadable for a package id that names nothing."""
    return Coverage(
        payer_name=package.ircname or package.insuranceplanname or package.insuranceplandisplayname or "",
        payer_id=optional_id(package.insurancepackageid) or "",
        member_id=text_of(package.insuranceidnumber),
    )


def names_a_payer(packages: Iterable[Package]) -> bool:
    """Whether somebody other than the patient pays."""
    return any(not is_self_pay(one) for one in current_packages(packages))


def _sequence(value: float | str | None) -> float:
    try:
        return 99.0 if value is None else float(value)
    except ValueError:
        return 99.0
