"""The two pretend EMRs as these tests use them: small pages, no quotas, and what each calls things."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

from visitsync.connectors.drchrono import simulator as drchrono
from visitsync.connectors.kareo import simulator as kareo
from visitsync.domain.appointment import MarkKind
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.plain_client import call


@dataclass(frozen=True, kw_only=True, eq=False)
class Vendor:
    """One pretend EMR, and the settings of a connection to it."""

    emr: str
    module: ModuleType
    mark: MarkKind
    """Where the practice's mark of telemedicine stands."""
    path: str = ""
    variants: Mapping[str, str]
    small_pages: Mapping[str, str] = field(default_factory=dict)
    """Variants with which even a small clinic fills several pages; an EMR without pages has none."""
    settings: Mapping[str, str]
    tells_of_deletions: bool
    """Whether reading changes shows what staff deleted."""
    lists: str
    """Matches requests for lists of appointments, in the words of the request log."""
    windows: str
    """Matches those among them that read whole days, whatever changed."""

    sign_in_again: Callable[[str], Mapping[str, str]] = lambda url: {}
    """What a person signs in with anew, at the simulator of that address."""

    @property
    def credentials(self) -> Mapping[str, str]:
        """What the simulator accepts."""
        credentials: Mapping[str, str] = self.module.CREDENTIALS
        return credentials

    def simulator(self, clinic: Clinic, **variants: str) -> App:
        """A pretend EMR over this clinic, on the clinic's own clock."""
        app: App = self.module.simulator(clinic, clock=clinic.clock, variants={**self.variants, **variants})
        return app


def _consent_again(url: str) -> Mapping[str, str]:
    """DrChrono's consent page, and the code that it sends back exchanged for tokens."""
    known = drchrono.CREDENTIALS
    asked = {"response_type": "code", "client_id": known["client_id"], "redirect_uri": known["redirect_uri"]}
    way_back = dict(call(f"{url}/o/authorize/", query=asked).headers)["location"]
    proof = {"grant_type": "authorization_code", "code": parse_qs(urlsplit(way_back).query)["code"][0]}
    tokens = call(f"{url}/o/token/", method="POST", form={**known, **proof}).json
    return {"refresh_token": tokens["refresh_token"], "access_token": ""}


DRCHRONO = Vendor(
    emr="drchrono",
    module=drchrono,
    mark=MarkKind.TYPE,
    variants={"hourly_quota": "none", "calls_per_second": "none"},
    small_pages={"appointments_page_size": "7", "verbose_patients_page_size": "9"},
    settings={"requests_per_hour": "10000000", "requests_per_second": "100000"},
    tells_of_deletions=True,
    lists=r"GET /api/appointments\?",
    windows=r"GET /api/appointments\?.*date_range=",
    sign_in_again=_consent_again,
)

KAREO = Vendor(
    emr="kareo",
    module=kareo,
    mark=MarkKind.REASON,
    path=kareo.PATH,
    variants={"throttle_percent": "0"},
    settings={"throttle_scale": "0", "throttle_margin_ms": "0"},
    tells_of_deletions=False,
    lists=r"GetAppointments",
    windows=r"GetAppointments",
)

VENDORS: Mapping[str, Vendor] = {vendor.emr: vendor for vendor in (DRCHRONO, KAREO)}
