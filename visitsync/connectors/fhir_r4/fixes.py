"""What to do about each reason where the EMR is only known by its FHIR server: generic words, FHIR's own beside."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "chart-merged": "Open the appointment in the EMR and pick the surviving {word.patient}'s record (FHIR: "
    "Patient.link, replaced-by). The visit follows by itself.",
    "duplicate-chart-same-email": "Merge the two records in the EMR and keep the appointment on the one that stays; "
    "or, if they are two people, link them as a household.",
    "email-missing": "Ask the {word.patient} for an e-mail address and enter it on the {word.patient}'s record (FHIR: "
    "Patient.telecom). If it is there, ask the EMR's operator whether e-mail addresses are withheld from applications.",
    "minor-without-adult": "Add the parent or guardian, with e-mail or phone, to the contacts of the {word.patient}'s "
    "record (FHIR: Patient.contact).",
    "demographics-missing": "Open the {word.patient}'s record in the EMR and fill in: {fields}.",
    "insurance-missing": "Enter the insurance on the {word.patient}'s record, or mark it as self-pay (FHIR: an active "
    "Coverage whose period has not ended).",
    "payer-not-from-list": "Choose the payer from the EMR's own list, so that it is more than a typed name (FHIR: "
    "Coverage.payor with a reference).",
    "not-a-provider": "Open the appointment in the EMR and book it with a practitioner instead of {provider}.",
    "connection-needs-reconnect": "A practice admin asks the operator of the FHIR server whether the application's "
    "registration and public key still stand, and enters client ID and private key here again.",
    "connection-lacks-permission": "A practice admin asks the operator of the FHIR server to allow the application "
    "the system scopes for Appointment, Patient, Coverage, Practitioner, PractitionerRole and Location.",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
