"""An Appointment of any version in its types; everything else on it is passed over (fhir reference, section 3).

What is the same for many appointments (types, reasons, signs of video) stays raw here and is read once for all of them.
"""

import msgspec

from visitsync.connector_kit.fhir.shapes import Coding, Concept, Contained, Number, Reference, Shape, Text

Part = msgspec.Raw
"""A member that is read later; empty where it is not there."""
NO_PART = msgspec.Raw(b"")


class Stamped(Shape, frozen=True, gc=False):
    """The part of `meta` that orders changes."""

    last_updated: Text = None


class Participant(Shape, frozen=True, gc=False):
    """Who or what takes part. `required` is a code until R4 and a boolean in R5."""

    actor: Reference | None = None
    type: Part = NO_PART
    required: str | bool | None = None
    status: Text = None


class AppointmentShape(Shape, frozen=True, gc=False):
    """An Appointment of DSTU2, STU3, R4, R4B or R5."""

    id: str | int | None = None
    status: Text = None
    meta: Stamped | None = None
    start: Text = None
    end: Text = None
    minutes_duration: Number = None
    created: Text = None
    participant: list[Participant | None] | None = None
    subject: Reference | None = None
    """R5: the patient or group that it is about."""
    appointment_type: Part = NO_PART
    service_type: Part = NO_PART
    service_category: Part = NO_PART
    reason_code: Part = NO_PART
    reason: Part = NO_PART
    """DSTU2 and STU3: concepts; R5: concepts in references."""
    reason_reference: Part = NO_PART
    type: Part = NO_PART
    """DSTU2's serviceType."""
    virtual_service: Part = NO_PART
    class_: Part = msgspec.field(default=NO_PART, name="class")
    """R5: `VR` is virtual."""
    contained: Part = NO_PART
    extension: Part = NO_PART
    comment: Part = NO_PART
    description: Part = NO_PART
    patient_instruction: Part = NO_PART
    note: Part = NO_PART
    supporting_information: Part = NO_PART
    requested_period: Part = NO_PART
    replaces: Part = NO_PART
    """R5: what was cancelled in favour of this one."""
    previous_appointment: Reference | None = None
    originating_appointment: Reference | None = None


class Extension(Shape, frozen=True, gc=False):
    """An extension with a value that names something."""

    url: Text = None
    value_code: Text = None
    value_string: Text = None
    value_coding: Coding | None = None
    value_codeable_concept: Concept | None = None
    value_boolean: bool | None = None
    value_url: Text = None
    value_uri: Text = None
    extension: Part = NO_PART
    value_reference: Reference | None = None


class VirtualService(Shape, frozen=True, gc=False):
    """R5's way of saying that people meet on a screen."""

    channel_type: Coding | None = None


APPOINTMENTS = msgspec.json.Decoder(AppointmentShape)
CONCEPTS = msgspec.json.Decoder(list[Concept | None] | Concept | None)
REFERENCES = msgspec.json.Decoder(list[Reference | None] | Reference | None)
CONTAINED = msgspec.json.Decoder(list[Contained | None] | None)
EXTENSIONS = msgspec.json.Decoder(list[Extension | None] | None)
VIRTUAL_SERVICES = msgspec.json.Decoder(list[VirtualService | None] | VirtualService | None)
