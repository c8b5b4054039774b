"""/api/telehealth_appointments: what the vendor's own video feature knows, stamped in UTC (reference, section 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.connectors.drchrono.simulator.appointment_row import TELEHEALTH_IDS_FROM, AppointmentRows
from visitsync.connectors.drchrono.simulator.input import BadInput, a_number, demand, written
from visitsync.connectors.drchrono.simulator.lists import Listing, Lists
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.records import Appointment


class Telehealth:
    """One row per appointment for which somebody made a video room."""

    def __init__(self, clinic: Clinic, rows: AppointmentRows, lists: Lists, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._rows = rows
        self._lists = lists
        self._largest_page = int(variants["page_size"])

    def page(self, request: Request) -> Response:
        """GET of the list, by `appointment` if given. Raises BadInput."""
        listing = Listing(
            items=self._found(request.query.get("appointment")),
            key=lambda appointment: f"{appointment.id:012d}",
            row=self._rows.telehealth,
            largest_page=self._largest_page,
        )
        return self._lists.page(request, listing)

    def one(self, row_id: str) -> Response:
        """GET of one. Raises BadInput (404)."""
        return as_json(self._rows.telehealth(self._known(row_id)))

    def create(self, request: Request) -> Response:
        """POST: makes the room; its address is the vendor's to choose. Raises BadInput."""
        fields = written(request)
        demand(fields, ("appointment",))
        wanted = a_number(fields["appointment"], "appointment")
        if wanted not in self._clinic.appointments:
            raise BadInput({"appointment": [f'Invalid pk "{wanted}" - object does not exist.']})
        made = self._clinic.change_appointment(wanted, has_video_room=True)
        return as_json(self._rows.telehealth(made), 201)

    def change(self, row_id: str) -> Response:
        """PATCH: accepted; nothing a client may write is kept. Raises BadInput (404)."""
        self._known(row_id)
        return Response(status=204, content_type="text/html; charset=utf-8")

    def _found(self, appointment_id: str | None) -> list[Appointment]:
        if appointment_id is None:
            return sorted((a for a in self._clinic.appointments if _has_room(a)), key=lambda a: a.id)
        found = self._clinic.appointments.get(a_number(appointment_id.rpartition("_")[2], "appointment"))
        return [found] if found and "_" not in appointment_id and _has_room(found) else []

    def _known(self, row_id: str) -> Appointment:
        found = self._clinic.appointments.get(int(row_id) - TELEHEALTH_IDS_FROM) if row_id.isdigit() else None
        if found is None or not _has_room(found):
            raise BadInput({"detail": "Not found."}, 404)
        return found


def _has_room(appointment: Appointment) -> bool:
    return appointment.has_video_room and appointment.is_materialised and not appointment.is_archived
