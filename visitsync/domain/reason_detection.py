"""How each reason is found out, in a sentence for whoever wants to know exactly."""

from collections.abc import Mapping
from types import MappingProxyType

DETECTION: Mapping[str, str] = MappingProxyType(
    {
        "type-not-approved": "The mark's number and text are in none of the practice's approvals, compared character "
        "by character, and nothing suggests that telemedicine was meant.",
        "type-misspelt": "The text equals an approved one once case, spaces, punctuation, hidden and look-alike "
        "letters are set aside, or misses it by one to three slips of the keys. It is never taken for a match.",
        "type-unknown": "The appointment gives a number that the list last read from the EMR does not have, and no "
        "name.",
        "type-new": "The type came to the EMR's list after the list was first read, and nobody connected it.",
        "type-not-connected": "The name in the EMR's list speaks of video, but is not approved.",
        "no-types-approved": "The connection has no approved mark at all.",
        "location-not-connected": "At least one location is connected, and the appointment's is not among them.",
        "type-renamed": "The number is approved, and the EMR's list gives it another name than before.",
        "type-name-changed": "The approved name is the one that this number had before the EMR renamed it.",
        "type-has-new-id": "The name is that of an approved number, the number is another one.",
        "type-retired": "The mark is approved; the EMR's list marks it inactive, or a complete reading of the list no "
        "longer named it.",
        "location-retired": "The location is connected; the EMR's list marks it inactive, or no longer names it.",
        "location-renamed": "The location is connected, and the EMR's list gives its number another name than before.",
        "condition-not-met": "Several marks must agree; at least one that says what sort of visit it is does, this "
        "one does not.",
        "nothing-marks-it": "The appointment has none of the marks that the practice's approvals look at.",
        "video-in-note": "The note or reason holds a word such as video, zoom or telehealth, and no mark is "
        "approved. The note itself is not kept.",
        "resource-excluded": "The column, room, location or provider is on the practice's list of exclusions.",
        "email-missing": "The e-mail field is empty.",
        "email-placeholder": "The field holds a known filler (none@…, n/a, declined …) or no letter or digit.",
        "email-two-addresses": "The field holds two @ with a comma, semicolon, slash or space between them.",
        "email-invalid": "The address breaks the rules for addresses (email-validator, without asking name servers), "
        "or its ending has one letter.",
        "email-mistyped": "The domain is a known slip of a large mail host's, or has an ending that no registry "
        "offers.",
        "email-is-staff": "The address, brought to its canonical form, equals that of an active staff login of the "
        "practice.",
        "email-shared": "The address, brought to its canonical form, stands on another patient's chart, and the two "
        "are not one household. Both are told the same, whichever was read first.",
        "email-in-other-field": "The e-mail field is unusable, and a valid address stands in another one.",
        "duplicate-chart-same-email": "Another chart has the same first name, last name, birth date and e-mail.",
        "duplicate-chart": "Another chart has the same first name, last name and birth date, and another e-mail.",
        "chart-merged": "The EMR says that this chart was merged.",
        "chart-gone": "The EMR answers that it knows no chart of this number.",
        "chart-restricted": "The EMR refuses this one chart and shows others.",
        "patient-inactive": "The EMR's flag.",
        "patient-deceased": "The EMR's flag.",
        "minor-without-adult": "On the day of the visit the patient is under 18, and no guarantor, parent or "
        "guardian with e-mail or phone is on the record.",
        "test-patient": "The EMR's flag; or first and last name both are words such as test or patient.",
        "test-visit": "Staff declared it.",
        "held-slot": "The EMR marks it as a break or block, or it is for no patient.",
        "no-patient": "The marks say telemedicine, and no patient is named.",
        "demographics-missing": "A field that this EMR demands is empty, or holds no letter or digit.",
        "date-of-birth-unusable": "It is no date, lies after the visit, or before 1900.",
        "insurance-missing": "This EMR demands insurance; neither chart nor appointment names a payer, and it is not "
        "self-pay. Where coverage was not read, nothing is concluded.",
        "address-unusable": "The state is not two letters, or the ZIP code not five or nine digits.",
        "phone-unusable": "A phone number holds words, or fewer than seven digits.",
        "payer-not-from-list": "The policy has a payer's name without the payer's number.",
        "provider-npi-missing": "The EMR's list gives no NPI for this provider.",
        "provider-linked-wrong": "Two enabled providers with different NPIs are linked to one login.",
        "provider-number-reused": "An enabled number has another name and another NPI than before.",
        "provider-renamed": "An enabled number has another name than before, and the same NPI.",
        "no-provider": "The appointment names no provider at all.",
        "not-a-provider": "The EMR's list says so, or the appointment names a resource and no provider.",
        "provider-inactive": "The EMR's flag.",
        "provider-other-profile": "Another profile with the same NPI is enabled, this one is not.",
        "provider-ambiguous": "Only a name is given, and the list has it more than once.",
        "provider-not-enabled": "The provider is in the list and not enabled here.",
        "provider-unknown": "The number or name is not in the list last read.",
        "provider-without-login": "The provider is enabled, and no staff member is linked.",
        "beyond-horizon": "On the practice's calendar its date is more than three calendar months ahead. It enters "
        "at midnight, once.",
        "sync-window-shortened": "Its date is inside three months and beyond what this connection is set to.",
        "not-received-yet": "Staff asked for it, it is not here, and the time since the booking (or since the last "
        "complete reading) is not more than the abnormal time.",
        "not-sent-yet": "The same where the EMR sends by itself; its last message came within the abnormal time.",
        "not-sent-late": "The same where the EMR sends by itself; its last message came before the abnormal time.",
        "not-received-late": "Staff asked for it, it is not here, and more than the abnormal time has passed "
        "(exactly 30 or 60 minutes is not yet more).",
        "details-not-read-yet": "The list's row lacks something that only the single appointment tells.",
        "patient-not-read-yet": "The appointment names a patient whose record was not read yet.",
        "slower-than-usual": "Something of it is still unread after more than the abnormal time since it was first "
        "seen or last changed.",
        "slow-lane": "More than seven business days lie between today and its date: Monday to Friday, less federal "
        "holidays and the practice's closures.",
        "time-nonexistent": "The wall time falls into the hour that the clocks skip in spring.",
        "time-ambiguous": "The wall time falls into the hour that comes twice in autumn, without an offset.",
        "time-contradictory": "Two statements of the EMR about the same time name different instants.",
        "zones-differ": "Provider and location (else the practice) are in zones whose clocks differ at that moment.",
        "over": "It has ended. Where it was booked close to its start, the usual sync time is added first.",
        "booked-after-it-ended": "It is over, and was booked after its end.",
        "begun-when-it-arrived": "It was booked less than the usual sync time before its start, and had begun when "
        "we first saw it.",
        "booked-close-to-start": "It was booked less than the usual sync time before its start.",
        "outside-opening-hours": "Start or end lies outside the opening hours of that weekday, in the practice's zone.",
        "practice-closed": "Its date is one of the practice's closures.",
        "duration-not-allowed": "It lasts no time, or no multiple of the step that is set for the connection.",
        "deleted-in-emr": "The EMR says that it is deleted, or two complete readings no longer showed it.",
        "no-longer-listed": "One complete reading no longer showed it.",
        "rescheduled": "Its status says that it does not take place, and the EMR names its successor.",
        "cancelled": "The status, by the connector's table or as an admin mapped it.",
        "no-show": "The status, by the connector's table or as an admin mapped it.",
        "entered-in-error": "The status, by the connector's table or as an admin mapped it.",
        "completed": "The status, by the connector's table or as an admin mapped it.",
        "status-unclear": "The status is in no table and contains a word such as cancel, resched or no show.",
        "status-unknown": "The status is in no table and sounds harmless.",
        "not-confirmed": "The status means proposed, pending (tentative) or waiting list.",
        "group-visit": "More than one patient is booked.",
        "overlaps-another": "When somebody asks: another appointment of the same provider, which is or may become a "
        "visit, begins before this one ends, and ends after it begins.",
        "mark-taken-away": "When somebody asks: it had a visit, is no telemedicine now, and was not cancelled.",
        "made-from-another": "The EMR names the appointment that it was made from.",
        "connection-needs-reconnect": "The EMR refuses the credentials.",
        "connection-lacks-permission": "The EMR refuses what the connecting user asks for.",
        "connection-sees-less": "The EMR's complete lists no longer name at least two, and at least a quarter, of the "
        "connected providers or locations.",
        "access-switched-off": "The EMR says so.",
        "connection-being-set-up": "The set-up was not finished.",
        "connection-paused": "A person paused it, or repeated trouble did.",
        "too-many-cancellations": "A run would cancel more than a set share of the coming visits.",
        "key-used-elsewhere": "What only one reader can be told was told to somebody else, as the EMR's answers show.",
        "emr-outage": "No answer, or an answer that says that the EMR is down.",
        "emr-throttled": "The EMR says that it was asked too often.",
        "budget-used-up": "Our own count against the EMR's limit is used up.",
        "emr-answer-unreadable": "The answer is HTML, cut off, empty or of another shape.",
        "emr-request-refused": "The EMR says that the request is wrong.",
        "network-trouble": "Names, connections or certificates fail.",
        "forbidden-address": "The base URL, a redirect or a link points where requests must not go.",
        "feed-too-quiet": "An EMR that pushes has sent nothing for four of the practice's working hours, or longer "
        "than is abnormal for it; or a complete reading of the schedule held less than half of what is usual.",
        "emr-trouble": "Anything else that stops a connection.",
        "record-unreadable": "The record cannot be translated; its raw bytes are kept, and it is tried again when it "
        "or the translator changes.",
        "record-gone": "The EMR answers that it knows no appointment of this number.",
    }
)
"""Code → how it is detected."""
