"""The least time between two calls of one operation with one customer key (kareo reference, section 6)."""

from __future__ import annotations

from collections.abc import Iterator

_MILLISECONDS = {
    250: "GetPatient",
    500: (
        "GetAppointment GetPractices GetProviders GetServiceLocations GetProcedureCodes GetEncounterDetails "
        "CreateAppointment CreateAppointmentReason CreateDocument CreateEncounter CreatePatient CreatePayment "
        "DeleteAppointment DeleteDocument UpdateAppointment UpdateAppointmentStatus UpdateEncounterStatus"
    ),
    1000: (
        "GetPatients GetAppointments GetAppointmentReasons GetCharges GetPayments GetTransactions "
        "GetExternalVendors UpdatePatient"
    ),
    5000: "GetAllPatients GetThrottles",
}
INTERVAL_MS = {name: interval for interval, names in _MILLISECONDS.items() for name in names.split()}
"""By operation. Those not listed are never throttled."""


class Throttle:
    """Remembers when each operation was last carried out, per customer key."""

    def __init__(self, percent: int) -> None:
        """`percent` of the real intervals apply: 100 is the real thing, 5 is twenty times as fast, 0 is off."""
        self._percent = percent
        self._last: dict[tuple[str, str], float] = {}

    def allows(self, operation: str, customer_key: str, second: float) -> bool:
        """May it be called at this (monotonic) second? A gap of exactly the interval is still too short."""
        interval_ms = INTERVAL_MS.get(operation, 0) * self._percent / 100
        last = self._last.get((operation, customer_key))
        if interval_ms and last is not None and (second - last) * 1000 <= interval_ms:
            return False
        self._last[operation, customer_key] = second
        return True

    def intervals_ms(self) -> Iterator[tuple[str, int]]:
        """Every throttled operation with its interval, as GetThrottles tells."""
        for operation, interval_ms in sorted(INTERVAL_MS.items()):
            yield operation, interval_ms * self._percent // 100
