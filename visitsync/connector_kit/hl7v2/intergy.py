"""The profile of Greenway Intergy's interface; every habit is inferred (hl7v2 reference, section 11)."""

from visitsync.connector_kit.hl7v2.places import places
from visitsync.connector_kit.hl7v2.profile import SenderProfile

INTERGY = SenderProfile(
    type_places=places("SCH-7"),  # the reason code, which is what practices approve
    reason_places=(),
    service_places=places("SCH-8"),  # the appointment class
    provider_places=places("AIP-3, PV1-7"),
    location_places=places("AIL-3.1, AIL-3.4, PV1-3.1, PV1-3.4"),
    namespace="practice and service center",  # an ApptSID alone names nothing
    patient_namespace="practice",
    parent_means="always replaced",  # RescheduledApptSID
    without_patient_id="write-in",
    is_code_padded=True,
)
