"""The types of Kareo's service description: their members and values, by name.

Notation: `Name` is an optional text, `Name:type` has a type, `!` marks a required member. Order is Kareo's:
ordinal, so capitals stand before small letters and `Reason10` before `Reason2` (kareo reference, section 2).
"""

from __future__ import annotations

from visitsync.connectors.kareo.simulator.namespaces import SYSTEM, WCF, K

TEN = ("1", "10", "2", "3", "4", "5", "6", "7", "8", "9")
"""The slot numbers of an appointment's reasons and resources, in ordinal order."""


def slots(stem: str) -> str:
    """The ten numbered members of `stem`: `AppointmentReason1 AppointmentReason10 AppointmentReason2 …`."""
    return " ".join(f"{stem}{number}" for number in TEN)


def prefixed(prefix: str, names: str) -> str:
    """Every name of a list with the same beginning, as Kareo flattens one type into another."""
    return " ".join(prefix + name for name in names.split())


SECURITY_RESPONSE = """
    Authenticated:boolean Authorized:boolean CustomerId:int CustomerKeyValid:boolean
    PermissionsMissing:PermissionsMissing PracticesAuthorized:PracticiesAuthorized SecurityResult
    SecurityResultSuccess:boolean
"""

APPOINTMENT_STATUSES = """
    Unknown Scheduled ReminderSent Confirmed CheckedIn Roomed CheckedOut NeedsReschedule ReadyToBeSeen NoShow
    Cancelled Rescheduled Tentative
"""

APPOINTMENT_DATA = f"""
    AllDay {slots("AppointmentReason")}
    AuthorizationEndDate AuthorizationID AuthorizationInsurancePlan AuthorizationNumber AuthorizationStartDate
    ConfirmationStatus CreatedDate EndDate ID LastModifiedDate Notes
    PatientCaseID PatientCaseName PatientCasePayerScenario PatientFullName PatientID
    PracticeID PracticeName Recurring {slots("ResourceName")}
    ServiceLocationName StartDate Type
"""

APPOINTMENT_DATA_SINCE_2021 = f"""
    AppointmentDuration {slots("AppointmentReasonID")} {slots("ResourceID")} {slots("ResourceTypeID")}
    ServiceLocationID
"""

APPOINTMENT_FILTER = """
    AppointmentReason ConfirmationStatus EndDate FromCreatedDate FromLastModifiedDate PatientCasePayerScenario
    PatientFullName PatientID PracticeName ResourceName ServiceLocationName StartDate TimeZoneOffsetFromGMT
    ToCreatedDate ToLastModifiedDate Type
"""

APPOINTMENT_CREATE = """
    AppointmentId:long AppointmentName AppointmentReasonId:long AppointmentStatus:AppointmentStatus!
    AppointmentType:AppointmentType! AppointmentUUID:guid AttendeesCount:int CreatedAt:dateTime CreatedBy:long
    CustomerId:long EndTime:dateTime! ForRecare:boolean InsurancePolicyAuthorizationId:long IsDeleted:boolean
    IsGroupAppointment:boolean IsRecurring:boolean! MaxAttendees:int Notes OccurrenceId:long PatientCaseId:long
    PatientSummaries:ArrayOfGroupPatientSummary PatientSummary:PatientSummary PracticeId:long! ProviderId:long
    RecurrenceRule:RecurrenceRule ResourceId:long ResourceIds:ArrayOflong ServiceLocationId:long!
    StartTime:dateTime! UpdatedAt:dateTime UpdatedBy:long WasCreatedOnline:boolean
"""

APPOINTMENT_UPDATE = """
    AppointmentId:long! AppointmentName AppointmentReasonId:long AppointmentStatus:AppointmentStatus
    EndTime:dateTime InsurancePolicyAuthorizationId:long IsGroupAppointment:boolean IsRecurring:boolean
    MaxAttendees:int Notes OccurrenceId:long PatientCaseId:long PatientId:long! ProviderId:long ResourceId:long
    ResourceIds:ArrayOflong ServiceLocationId:long! StartTime:dateTime UpdatedAt:dateTime UpdatedBy:long
"""

PATIENT_SUMMARY = """
    DateOfBirth:dateTime Email FirstName GenderId:long Guid:guid HomePhone LastName MiddleName MobilePhone
    OtherEmail OtherPhone PatientId:long PracticeId:long PreferredEmailType PreferredPhoneType WorkEmail WorkPhone
"""

RECURRENCE_RULE = """
    AppointmentId:long DayInterval:int DayOfMonth:int DayOfWeek:ArrayOfDayOfWeek DayOfWeekFlags:int
    DayOfWeekMonthlyOrdinal:ArrayOfOrdinal DayOfWeekMonthlyOrdinalFlags:int EndDate:dateTime MonthInterval:int
    MonthOfYear:int NumOccurrences:int NumberOfTimes:int RecurrenceRuleId:long StartDate:dateTime
    TypeOfDay:TypeOfDay TypeOfDayMonthlyOrdinal:ArrayOfOrdinal TypeOfDayMonthlyOrdinalFlags:int
"""

_FLAT_POLICY = """
    CompanyID CompanyName Copay Deductible EffectiveEndDate EffectiveStartDate GroupNumber
    InsuredAddressLine1 InsuredAddressLine2 InsuredCity InsuredCountry InsuredDateOfBirth InsuredFullName
    InsuredGender InsuredIDNumber InsuredNotes InsuredSocialSecurityNumber InsuredState InsuredZipCode Number
    PatientRelationshipToInsured PlanAddressLine1 PlanAddressLine2 PlanAdjusterFullName PlanCity PlanCountry
    PlanFaxNumber PlanFaxNumberExt PlanID PlanName PlanPhoneNumber PlanPhoneNumberExt PlanState PlanZipCode
"""

_CASE_CIRCUMSTANCES = """
    ConditionRelatedToAbuse ConditionRelatedToAutoAccident ConditionRelatedToAutoAccidentState
    ConditionRelatedToEPSDT ConditionRelatedToEmergency ConditionRelatedToEmployment
    ConditionRelatedToFamilyPlanning ConditionRelatedToOther ConditionRelatedToPregnancy
    DatesAccidentDate DatesAcuteManifestationDate DatesInjuryEndDate DatesInjuryStartDate
    DatesLastMenstrualPeriodDate DatesLastSeenDate DatesLastXRayDate DatesReferralDate
    DatesRelatedDisabilityEndDate DatesRelatedDisabilityStartDate
    DatesRelatedHospitalizationEndDate DatesRelatedHospitalizationStartDate
    DatesSameOrSimilarIllnessEndDate DatesSameOrSimilarIllnessStartDate
    DatesUnableToWorkEndDate DatesUnableToWorkStartDate Description
"""

_PATIENT_WITHOUT_CASES = f"""
    AddressLine1 AddressLine2 Adjustments Age AlertMessage AlertShowWhenDisplayingPatientDetails
    AlertShowWhenEnteringEncounters AlertShowWhenPostingPayments AlertShowWhenPreparingPatientStatements
    AlertShowWhenSchedulingAppointments AlertShowWhenViewingClaimDetails Charges City CollectionCategoryName
    Country CreatedDate DOB DefaultRenderingProviderFullName DefaultRenderingProviderId
    DefaultServiceLocationBillingName DefaultServiceLocationFaxPhone DefaultServiceLocationFaxPhoneExt
    DefaultServiceLocationId DefaultServiceLocationName DefaultServiceLocationNameAddressLine1
    DefaultServiceLocationNameAddressLine2 DefaultServiceLocationNameCity DefaultServiceLocationNameCountry
    DefaultServiceLocationNameState DefaultServiceLocationNameZipCode DefaultServiceLocationPhone
    DefaultServiceLocationPhoneExt EmailAddress EmergencyName EmergencyPhone EmergencyPhoneExt EmployerName
    EmploymentStatus FirstName Gender GuarantorDifferentThanPatient GuarantorFirstName GuarantorLastName
    GuarantorMiddleName GuarantorPrefix GuarantorSuffix HomePhone HomePhoneExt ID InsuranceBalance
    InsurancePayments LastAppointmentDate LastDiagnosis LastEncounterDate LastModifiedDate LastName
    LastPaymentDate LastStatementDate MaritalStatus MedicalRecordNumber MiddleName MobilePhone MobilePhoneExt
    MostRecentNote1Date MostRecentNote1Message MostRecentNote1User
    MostRecentNote2Date MostRecentNote2Message MostRecentNote2User
    MostRecentNote3Date MostRecentNote3Message MostRecentNote3User
    MostRecentNote4Date MostRecentNote4Message MostRecentNote4User
    PatientBalance PatientFullName PatientPayments PracticeId PracticeName Prefix
    PrimaryCarePhysicianFullName PrimaryCarePhysicianId {prefixed("PrimaryInsurancePolicy", _FLAT_POLICY)}
    ReferralSource ReferringProviderFullName ReferringProviderId SSN
    {prefixed("SecondaryInsurancePolicy", _FLAT_POLICY)}
    State StatementNote Suffix TotalBalance WorkPhone WorkPhoneExt ZipCode
"""

_FLAT_AUTHORIZATION = """
    ContactFullName ContactPhone ContactPhoneExt EndDate InsurancePlanName Notes Number NumberOfVisits
    NumberOfVisitsUsed StartDate
"""

_FLAT_CASES = f"""
    {prefixed("Authorization1", _FLAT_AUTHORIZATION)}
    {prefixed("Authorization2", _FLAT_AUTHORIZATION)}
    {prefixed("Authorization3", _FLAT_AUTHORIZATION)}
    {prefixed("DefaultCase", _CASE_CIRCUMSTANCES)} DefaultCaseID DefaultCaseName DefaultCasePayerScenario
    DefaultCaseReferringProviderFullName DefaultCaseReferringProviderID DefaultCaseSendPatientStatements
"""

PATIENT_DATA = f"{_PATIENT_WITHOUT_CASES} Cases:ArrayOfPatientCaseData"

# PatientData has no member for these toggles: what they choose can only surface through Cases.
PATIENT_FLAT = f"{_PATIENT_WITHOUT_CASES} {_FLAT_CASES}"

PATIENT_CASE_DATA = f"""
    {_CASE_CIRCUMSTANCES} InsurancePolicies:ArrayOfPatientInsurancePolicyData IsPrimaryCase:boolean Name
    PatientCaseID PayerScenario ReferringProviderFullName ReferringProviderID SendPatientStatements
"""

PATIENT_INSURANCE_POLICY_DATA = f"""
    Authorizations:ArrayOfPatientInsurancePolicyAuthorizationData {_FLAT_POLICY}
    InsurancePolicyID PatientCaseID SyncWithEHR:boolean
"""

PATIENT_INSURANCE_POLICY_AUTHORIZATION_DATA = """
    AuthorizationNumber AuthorizedNumberOfVisits AuthorizedNumberOfVisitsUsed ContactFullName ContactPhone
    ContactPhoneExt EndDate InsurancePolicyID Notes StartDate
"""

PATIENT_FILTER = """
    CollectionCategoryName DefaultCasePayerScenario DefaultRenderingProviderFullName DefaultServiceLocationName
    FirstName FromCreatedDate FromDateOfBirth FromLastEncounterDate FromLastModifiedDate FullName Gender LastName
    MiddleName PracticeID PracticeName PrimaryCarePhysicianFullName PrimaryInsurancePolicyCompanyName
    PrimaryInsurancePolicyPlanName ReferralSource ReferringProviderFullName SSN
    SecondaryInsurancePolicyCompanyName SecondaryInsurancePolicyPlanName ToCreatedDate ToDateOfBirth
    ToLastEncounterDate ToLastModifiedDate
"""

PROVIDER_FILTER = """
    DepartmentName FromCreatedDate FromLastModifiedDate FullName PracticeID PracticeName ToCreatedDate
    ToLastModifiedDate Type
"""

# "Fequency" is how Kareo spells it.
PROVIDER_DATA = """
    Active AddressLine1 AddressLine2 BillingType City Country CreatedDate Degree DepartmentName EmailAddress
    EncounterFormName Fax FaxExt FirstName FullName HomePhone HomePhoneExt ID LastModifiedDate LastName MiddleName
    MobilePhone MobilePhoneExt NationalProviderIdentifier Notes Pager PagerExt PracticeID PracticeName Prefix
    ProviderPerformanceReportActive ProviderPerformanceReportCCEmailRecipients ProviderPerformanceReportDelay
    ProviderPerformanceReportFequency ProviderPerformanceReportScope SocialSecurityNumber SpecialtyName State
    Suffix Type WorkPhone WorkPhoneExt ZipCode
"""

SERVICE_LOCATION_FILTER = """
    FromCreatedDate FromLastModifiedDate ID PracticeID PracticeName ToCreatedDate ToLastModifiedDate
"""

SERVICE_LOCATION_DATA = """
    AddressLine1 AddressLine2 BillingName CLIANumber City Country CreatedDate FacilityIDType FaxPhone FaxPhoneExt
    HCFABox32FacilityID ID ModifiedDate NPI Name Phone PhoneExt PlaceOfService PracticeID PracticeName State ZipCode
"""

PRACTICE_FILTER = """
    Active FromCreatedDate FromLastModifiedDate ID NPI PracticeName TaxID ToCreatedDate ToLastModifiedDate
"""

_CONTACT = """
    AddressLine1 AddressLine2 City Country Email Fax FaxExt FullName Phone PhoneExt State ZipCode
"""

PRACTICE_DATA = f"""
    Active {prefixed("Administrator", _CONTACT)} {prefixed("BillingContact", _CONTACT)} CreatedDate Email Fax FaxExt
    ID LastModifiedDate NPI Notes Phone PhoneExt PracticeAddressLine1 PracticeAddressLine2 PracticeCity
    PracticeCountry PracticeName PracticeState PracticeZipCode SubscriptionEdition TaxID WebSite kFaxNumber
"""

APPOINTMENT_REASON_DATA = """
    AppointmentReasonId:long DefaultColorCode:int DefaultDurationMinutes:int Name PracticeId:long
"""


def _toggles(members: str) -> str:
    """The selector of a list: the same names, each true or false."""
    return " ".join(f"{word.partition(':')[0]}:boolean" for word in members.split())


ENUMERATIONS: dict[str, tuple[str, str]] = {
    "AppointmentStatus": (K, APPOINTMENT_STATUSES),
    "AppointmentType": (K, "U P O"),
    "AttendeeStatus": (K, "PRESENT CANCELLED NO_SHOW"),
    "Ordinal": (K, "Unknown First Second Third Fourth Last"),
    "TypeOfDay": (K, "Unknown Weekday Weekend"),
    "GenderCode": (WCF, "Female Male Unknown"),
    "Relationship": (WCF, "Child Other Self Spouse"),
    "DayOfWeek": (SYSTEM, "Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
}

STRUCTS: dict[str, tuple[str | None, str]] = {
    "RequestHeader": (None, "ClientVersion CustomerKey Password User"),
    "RequestBase": (None, "RequestHeader:RequestHeader!"),
    "ErrorResponse": (None, "ErrorMessage IsError:boolean StackTrace"),
    "PermissionsMissing": (None, "Permission:ArrayOfstring"),
    "PracticiesAuthorized": (None, "PracticeID:ArrayOfint"),
    "SecurityResponse": (None, SECURITY_RESPONSE),
    "ResponseBase": (None, "ErrorResponse:ErrorResponse SecurityResponse:SecurityResponse"),
    "ModifyPatientResp": ("ResponseBase", ""),
    "CreateEncounterResp": ("ResponseBase", ""),
    "AppointmentData": (None, APPOINTMENT_DATA),
    "AppointmentFieldsToReturn": (None, _toggles(APPOINTMENT_DATA)),
    "AppointmentFilter": (None, APPOINTMENT_FILTER),
    "AppointmentRead": (None, "AppointmentId:long!"),
    "AppointmentDelete": (None, "AppointmentId:long!"),
    "AppointmentStatusUpdate": (None, "AppointmentId:long! AppointmentStatus:AppointmentStatus!"),
    "AppointmentCreate": (None, APPOINTMENT_CREATE),
    "AppointmentUpdate": (None, APPOINTMENT_UPDATE),
    "PatientSummary": (None, PATIENT_SUMMARY),
    "GroupPatientSummary": ("PatientSummary", "Status:AttendeeStatus"),
    "RecurrenceRule": (None, RECURRENCE_RULE),
    "PatientData": (None, PATIENT_DATA),
    "PatientBatchData": (None, PATIENT_FLAT),
    "PatientFieldsToReturn": (None, _toggles(PATIENT_FLAT)),
    "PatientBatchFieldsToReturn": (None, _toggles(PATIENT_FLAT)),
    "PatientFilter": (None, PATIENT_FILTER),
    "PatientBatchGetFilter": (None, "BatchSize:int PracticeID:int StartKey:int"),
    "PatientBatchKey": (None, "nextStartKey:int"),
    "SinglePatientFilter": (None, "ExternalID ExternalVendorID:int PatientID:int"),
    "PatientCaseData": (None, PATIENT_CASE_DATA),
    "PatientInsurancePolicyData": (None, PATIENT_INSURANCE_POLICY_DATA),
    "PatientInsurancePolicyAuthorizationData": (None, PATIENT_INSURANCE_POLICY_AUTHORIZATION_DATA),
    "ProviderData": (None, PROVIDER_DATA),
    "ProviderFieldsToReturn": (None, _toggles(PROVIDER_DATA)),
    "ProviderFilter": (None, PROVIDER_FILTER),
    "PracticeData": (None, PRACTICE_DATA),
    "PracticeFieldsToReturn": (None, _toggles(PRACTICE_DATA)),
    "PracticeFilter": (None, PRACTICE_FILTER),
    "AppointmentReasonData": (None, APPOINTMENT_REASON_DATA),
    "ThrottleDetail": (None, "Endpoint ThrottleTimeMs:int"),
}

STRUCTS_IN_K7: dict[str, str] = {
    "ServiceLocationData": SERVICE_LOCATION_DATA,
    "ServiceLocationFieldsToReturn": _toggles(SERVICE_LOCATION_DATA),
    "ServiceLocationFilter": SERVICE_LOCATION_FILTER,
}

MEMBERS_SINCE_2021: dict[str, str] = {
    "AppointmentData": APPOINTMENT_DATA_SINCE_2021,
    "AppointmentFieldsToReturn": _toggles(APPOINTMENT_DATA_SINCE_2021),
    "AppointmentCreate": "AppointmentMode",
    "AppointmentUpdate": "AppointmentMode",
    "PatientData": "Active",
    "PatientBatchData": "Active",
    "PatientFieldsToReturn": "Active:boolean",
    "PatientBatchFieldsToReturn": "Active:boolean",
    "PatientFilter": "IsActive",
}
