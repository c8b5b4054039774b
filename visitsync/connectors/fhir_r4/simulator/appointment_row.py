"""An entry of the clinic's schedule as an Appointment, in the shapes of several versions and servers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.fhir.answers import Row, concept, stamp, without_nothing
from visitsync.simulator_kit.fhir.practice import role_id, type_concept
from visitsync.simulator_kit.records import Appointment

STATUS: Mapping[str, str] = {
    records.SCHEDULED: "booked",
    records.CONFIRMED: "booked",
    records.UNCONFIRMED: "booked",
    records.REMINDED: "booked",
    records.TENTATIVE: "proposed",
    records.CHECKED_IN_ONLINE: "checked-in",
    records.ARRIVED: "arrived",
    records.CHECKED_IN: "checked-in",
    records.IN_ROOM: "checked-in",
    records.IN_SESSION: "checked-in",
    records.COMPLETED: "fulfilled",
    records.NEEDS_RESCHEDULE: "cancelled",
    records.RESCHEDULED: "cancelled",
    records.CANCELLED: "cancelled",
    records.NO_SHOW: "noshow",
}
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
CANCELLATION = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
VIDEO_EXTENSION = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeliveryChannel"


class AppointmentRows:
    """Writes the clinic's appointments as resources."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str], base: str) -> None:
        """`base`: the base URL, for absolute references."""
        self._clinic = clinic
        self._variants = variants
        self.base = base

    def row(self, each: Appointment) -> Row:
        """The resource, in the version that the variant `shape` names."""
        status = "entered-in-error" if each.is_archived else STATUS.get(each.status, each.status)
        stamp_ = stamp(each.changed_at)
        version = f"{each.changed_at.timestamp():.0f}"
        row: Row = {
            "resourceType": "Appointment",
            "id": str(each.id),
            "meta": {
                "versionId": f"{version}-1" if self._variants["version_ids"] == "dashed" else version,
                "lastUpdated": stamp_,
            },
            "identifier": [{"system": "urn:example:pm:appointment", "value": f"PM{each.id}"}],
            "status": status,
            "created": each.created_at.date().isoformat() if each.is_walk_in else stamp(each.created_at),
            "comment": each.note,
            "participant": self._participants(each),
            **self._kind(each),
            **self._video(each),
        }
        if each.moved_from is not None:
            row["supportingInformation"] = [self._reference("Appointment", str(each.moved_from))]
        if status == "cancelled":
            row["cancelationReason"] = concept("Patient", (CANCELLATION, "pat", "Patient"))
        if not (status == "cancelled" and self._variants["cancelled_without_time"] == "yes"):
            row |= self._times(each)
        return without_nothing(_reshaped(row, self._variants["shape"]))

    def _times(self, each: Appointment) -> Row:
        start = self._clinic.instant_of(each)
        times: Row = {"start": self._time(start, each), "minutesDuration": each.minutes}
        if self._variants["end"] == "told":
            times["end"] = self._time(start + timedelta(minutes=each.minutes), each)
        return times

    def _time(self, moment: datetime, each: Appointment) -> str:
        local = moment.astimezone(self._clinic.zone_of(each))
        if self._variants["times"] == "offset":
            return local.isoformat(timespec="seconds")
        if self._variants["times"] == "local marked Z":
            return f"{local.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
        return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"

    def _kind(self, each: Appointment) -> Row:
        """Type and reason: where the mark of telemedicine is looked for."""
        kind = self._clinic.types.get(each.type_id) if each.type_id is not None else None
        row: Row = {"reasonCode": [concept(each.reason)] if each.reason else []}
        if kind is not None and self._variants["type_in"] != "serviceType":
            row["appointmentType"] = type_concept(kind)
        if kind is not None and self._variants["type_in"] != "appointmentType":
            row["serviceType"] = [type_concept(kind)]
        return row

    def _video(self, each: Appointment) -> Row:
        sign = self._variants["video_sign"] if each.has_video_room else "none"
        if sign == "virtualService":
            return {"virtualService": [{"channelType": {"code": "zoom", "display": "Zoom"}}]}
        if sign == "contained":
            room = concept("Patient Virtual Meeting Room")
            telecom = [{"system": "url", "value": "https://video.example.org/room/1"}]
            return {"contained": [{"resourceType": "HealthcareService", "id": "1", "type": [room], "telecom": telecom}]}
        if sign == "extension":
            return {"extension": [{"url": VIDEO_EXTENSION, "valueCode": "Video"}]}
        return {}

    def _participants(self, each: Appointment) -> list[Row]:
        everybody = [each.patient_id, *each.other_patient_ids] if each.patient_id is not None else []
        patients = [self._taking_part(self._reference("Patient", str(patient))) for patient in everybody]
        return [*patients, *self._performers(each), self._taking_part(self._place(each))]

    def _performers(self, each: Appointment) -> list[Row]:
        practitioner = self._clinic.practitioners[each.practitioner_id]
        primary = [concept("", (PARTICIPATION, "PPRF", "primary performer"))]
        if self._variants["actors"] == "PractitionerRole":
            actor = self._reference("PractitionerRole", role_id(practitioner.id))
        else:
            actor = self._reference("Practitioner", str(practitioner.id), practitioner.name)
        performer = self._taking_part(actor) | {"type": primary}
        if self._variants["actors"] != "several":
            return [performer]
        others = [other for other in self._clinic.practitioners if other.id != practitioner.id][:1]
        second = [concept("", (PARTICIPATION, "SPRF", "secondary performer"))]
        return [
            *(self._taking_part(self._reference("Practitioner", str(other.id))) | {"type": second} for other in others),
            performer,
        ]

    def _place(self, each: Appointment) -> Row:
        location = self._clinic.locations[each.location_id]
        if self._variants["rooms"] == "display only":
            return {"display": location.name}
        return self._reference("Location", str(location.id), location.name)

    def _taking_part(self, actor: Row) -> Row:
        return {"actor": actor, "required": "required", "status": "accepted"}

    def _reference(self, resource: str, identity: str, display: str = "") -> Row:
        style = self._variants["references"]
        if style == "aidbox":
            row: Row = {"resourceType": resource, "id": identity}
        elif style == "absolute":
            row = {"reference": f"{self.base}/{resource}/{identity}"}
        elif style == "versioned":
            row = {"reference": f"{resource}/{identity}/_history/3"}
        else:
            row = {"reference": f"{resource}/{identity}"}
        return row | ({"display": display} if display else {})


def _reshaped(row: Row, shape: str) -> Row:
    """The same in another version's elements."""
    if shape == "R5":
        row["reason"] = [{"concept": each} for each in row.pop("reasonCode", [])]
        if "serviceType" in row:
            row["serviceType"] = [{"concept": each} for each in row["serviceType"]]
        if "cancelationReason" in row:
            row["cancellationReason"] = row.pop("cancelationReason")
        if "supportingInformation" in row:
            row["previousAppointment"] = row.pop("supportingInformation")[0]
        row["note"] = [{"text": row.pop("comment")}] if row.get("comment") else []
        for each in row["participant"]:
            each["required"] = each["required"] == "required"
    if shape in ("STU3", "DSTU2"):
        row.pop("cancelationReason", None)
        reasons = row.pop("reasonCode", [])
        row["reason"] = reasons if shape == "STU3" else (reasons[0] if reasons else {})
    if shape == "DSTU2" and (service := row.pop("serviceType", None)):
        row["type"] = service[0]
    return row
