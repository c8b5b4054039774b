"""/appointments/changed and /patients/changed: handed out once, looked at, replayed; subscriptions (section 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from visitsync.connectors.athenahealth.simulator.appointment_row import CANCELLED, SLOT_IDS_FROM, AppointmentRows
from visitsync.connectors.athenahealth.simulator.feed import EVENTS, Feed
from visitsync.connectors.athenahealth.simulator.gate import refused
from visitsync.connectors.athenahealth.simulator.lists import Lists
from visitsync.connectors.athenahealth.simulator.patient_row import PatientRows, is_yes
from visitsync.connectors.athenahealth.simulator.stamps import Row, read_stamp
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults

NOT_SUBSCRIBED = "Changed messages require setup (subscription) that has not been done."


class Changed:
    """Both feeds as the API shows them."""

    def __init__(
        self,
        clinic: Clinic,
        feeds: Mapping[str, Feed],
        rows: tuple[AppointmentRows, PatientRows],
        lists: Lists,
        faults: Faults,
        variants: Mapping[str, str],
    ) -> None:
        self._clinic = clinic
        self._feeds = feeds
        self._appointments, self._patients = rows
        self._lists = lists
        self._faults = faults
        self._variants = variants

    def subscription(self, request: Request, name: str) -> Response:
        """GET, POST and DELETE of a feed's subscription."""
        feed, form = self._feeds[name], request.form
        if request.method == "POST":
            departments = frozenset(filter(None, form.get("departmentids", "").split(",")))
            stays = self._variants["subscribing"] == "stays partial"
            event = form.get("eventname", "")
            if event and event not in EVENTS[name]:
                return refused("The data provided is invalid.", 400, detailedmessage="No such event.")
            feed.subscribe(event, departments, stays_partial=stays)
            return as_json({"success": "true" if self._variants["drift"] == "2016" else True})
        if request.method == "DELETE":
            feed.unsubscribe(request.query.get("eventname", ""))
            return as_json({"success": True})
        events = [{"eventname": event} for event in EVENTS[name] if event in feed.events]
        return as_json({"status": feed.status, "subscriptions": events})

    def events(self, name: str) -> Response:
        """GET of the events that there are."""
        return as_json({"subscriptions": [{"eventname": event} for event in EVENTS[name]]})

    def page(self, request: Request, name: str) -> Response:
        """GET of a feed."""
        if self._faults.take("unsubscribed", request):
            for each in self._feeds.values():
                each.unsubscribe()
        feed = self._feeds[name]
        if not feed.was_ever_subscribed:
            return refused(NOT_SUBSCRIBED, 403)
        if name == "appointments":
            self._reopen_slots(feed)
        wanted = self._filter(request, name)
        if self._faults.take("second_consumer", request):
            feed.process(feed.unread(wanted))
        if "showprocessedstartdatetime" in request.query:
            return self._processed(request, feed, wanted)
        return self._unread(request, feed, wanted)

    def _unread(self, request: Request, feed: Feed, wanted: Callable[[int], bool]) -> Response:
        unread = feed.unread(wanted)
        batch = unread[: self._lists.size(request)]
        keeps = is_yes(request.query, "leaveunprocessed") and self._variants["leaveunprocessed"] == "honoured"
        rows = self._lists.spoilt(request, self._rows(feed, batch, request.query))
        if not keeps:
            feed.process(batch)
        counts = {"backlog": {"totalcount": len(unread)}, "page": {"totalcount": len(rows)}}
        return as_json({**counts.get(self._variants["changed_totalcount"], {}), feed.name: rows})

    def _processed(self, request: Request, feed: Feed, wanted: Callable[[int], bool]) -> Response:
        try:
            first, last = _window(request.query)
        except ValueError:
            return refused("The data provided is invalid.", 400, detailedmessage="Expecting format date and time.")
        ids = [identity for identity in feed.between(first, last) if wanted(identity)]
        if self._variants["processed_window"] == "also unread":
            new = [identity for identity in feed.unread(wanted) if identity not in ids]
            feed.process(new)
            ids += new
        return self._lists.page(request, feed.name, self._shown(feed, ids, request.query), lambda row: row)

    def _rows(self, feed: Feed, ids: list[int], query: Mapping[str, str]) -> list[Row]:
        return self._shown(feed, ids, query)

    def _shown(self, feed: Feed, ids: list[int], query: Mapping[str, str]) -> list[Row]:
        """Every row as it is now, whatever it was when the change happened."""
        make = self._appointment if feed.name == "appointments" else self._patient
        return [row for identity in ids if (row := make(identity, query)) is not None]

    def _appointment(self, identity: int, query: Mapping[str, str]) -> Row | None:
        shelf = self._clinic.appointments
        if identity >= SLOT_IDS_FROM:
            cancelled = shelf.get(identity - SLOT_IDS_FROM)
            return None if cancelled is None else self._appointments.slot(cancelled, identity=identity)
        known = shelf.shown_one(identity, self._clinic.clock())
        if known is not None and not known.is_archived:
            return self._appointments.booked(known, query)
        if known is None or self._variants["deleted_rows"] == "none":  # removed as if it had never been
            return None
        if self._variants["deleted_rows"] == "bare id":
            return {"appointmentid": str(identity)}
        return self._appointments.slot(known, identity=identity)

    def _patient(self, identity: int, query: Mapping[str, str]) -> Row | None:
        shelf = self._clinic.patients
        known = shelf.shown_one(identity, self._clinic.clock())
        if known is not None and known.merged_into is None:
            return self._patients.patient(known, query)
        if known is not None:  # the survivor is what is shown of a merge
            return self._patients.patient(shelf[known.merged_into or 0], query)
        gone = shelf.removed.get(identity)
        return None if gone is None else self._patients.patient(gone, query) | {"status": "deleted"}

    def _reopen_slots(self, feed: Feed) -> None:
        """A cancelled appointment's time can be booked again, under another id."""
        if self._variants["open_slots"] == "none":
            return
        known = {identity for _, identity in feed.processed}
        for identity in feed.unread(lambda _: True):
            appointment = self._clinic.appointments.get(identity)
            slot = identity + SLOT_IDS_FROM
            if appointment is not None and appointment.status in CANCELLED and slot not in known:
                feed.add(slot, "AddAppointmentSlot")

    def _filter(self, request: Request, name: str) -> Callable[[int], bool]:
        wanted = frozenset(filter(None, request.query.get("departmentid", "").split(",")))
        if name != "appointments" or not wanted:
            return lambda identity: True
        shelf = self._clinic.appointments

        def is_there(identity: int) -> bool:
            key = identity % SLOT_IDS_FROM
            appointment = shelf.get(key) or shelf.removed.get(key)
            return appointment is not None and str(appointment.location_id) in wanted

        return is_there


def _window(query: Mapping[str, str]) -> tuple[datetime, datetime | None]:
    """Raises ValueError."""
    last = query.get("showprocessedenddatetime")
    return read_stamp(query["showprocessedstartdatetime"]), None if last is None else read_stamp(last)
