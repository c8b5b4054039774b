"""The operations of Kareo's SOAP service, each with the types of its request and of its result.

Under each operation: the request's type and its members after RequestHeader, then the result's type and its
members after ErrorResponse and SecurityResponse. `= ?` means that the reference does not list the request's
members, and nothing after `=` that there are none or that none are known; a type without `=` is defined among the
types. Source: kareo reference, section 5.
"""

from __future__ import annotations

IN_K7 = ("GetServiceLocations", "GetProcedureCodes")
"""The operations whose request and result types live in the namespace without the last slash."""

WITHOUT_REQUEST_HEADER = ("GetCustomerIdFromKey",)

OPERATIONS_2021 = """
UpdatePatient
    UpdatePatientReq = ?
    ModifyPatientResp
UpdateEncounterStatus
    UpdateEncounterStatusReq = ?
    CreateEncounterResp
UpdateAppointment
    UpdateAppointmentReq = Appointment:AppointmentUpdate!
    UpdateAppointmentResp = Appointment:AppointmentCreate
CreatePatient
    CreatePatientReq = ?
    ModifyPatientResp
CreateEncounter
    CreateEncounterReq = ?
    CreateEncounterResp
RegisterExternalVendor
    RegisterExternalVendorReq = ?
    RegisterExternalVendorResp =
UpdatePatientsExternalID
    UpdatePatientsExternalIDReq = ?
    UpdatePatientsExternalIDResp =
CreatePayment
    CreatePaymentRequest = ?
    CreatePaymentResp =
CreateAppointment
    CreateAppointmentReq = Appointment:AppointmentCreate!
    CreateAppointmentResp = Appointment:AppointmentCreate
GetAllPatients
    GetAllPatientsReq = Fields:PatientBatchFieldsToReturn! Filter:PatientBatchGetFilter!
    GetAllPatientsResp = Key:PatientBatchKey Patients:ArrayOfPatientBatchData
GetPatient
    GetPatientReq = Filter:SinglePatientFilter
    GetPatientResp = Patient:PatientData
GetAppointment
    GetAppointmentReq = Appointment:AppointmentRead!
    GetAppointmentResp = Appointment:AppointmentCreate
GetAppointments
    GetAppointmentsReq = Fields:AppointmentFieldsToReturn! Filter:AppointmentFilter
    GetAppointmentsResp = Appointments:ArrayOfAppointmentData
GetCharges
    GetChargesReq = Fields:ChargeFieldsToReturn! Filter:ChargeFilter
    GetChargesResp = Charges:ArrayOfChargeData
GetPatients
    GetPatientsReq = Fields:PatientFieldsToReturn! Filter:PatientFilter
    GetPatientsResp = Patients:ArrayOfPatientData
GetPayments
    GetPaymentsReq = Fields:PaymentFieldsToReturn! Filter:PaymentFilter
    GetPaymentsResp = Payments:ArrayOfPaymentData
GetProviders
    GetProvidersReq = Fields:ProviderFieldsToReturn! Filter:ProviderFilter
    GetProvidersResp = Providers:ArrayOfProviderData
GetPractices
    GetPracticesReq = Fields:PracticeFieldsToReturn! Filter:PracticeFilter
    GetPracticesResp = Practices:ArrayOfPracticeData
GetTransactions
    GetTransactionsReq = Fields:TransactionFieldsToReturn! Filter:TransactionFilter
    GetTransactionsResp = Transactions:ArrayOfTransactionData
GetServiceLocations
    GetServiceLocationsReq = Fields:ServiceLocationFieldsToReturn! Filter:ServiceLocationFilter
    GetServiceLocationsResp = ServiceLocations:ArrayOfServiceLocationData
GetProcedureCodes
    GetProcedureCodesReq = Fields:ProcedureCodeFieldsToReturn! Filter:ProcedureCodeFilter
    GetProcedureCodesResp = ProcedureCodes:ArrayOfProcedureCodeData
GetExternalVendors
    GetExternalVendorsReq = ?
    GetExternalVendorsResp = ExternalVendors:ArrayOfExternalVendorData
GetEncounterDetails
    GetEncounterDetailsReq = Fields:EncounterDetailsFieldsToReturn! Filter:EncounterDetailsFilter
    GetEncounterDetailsResp = EncounterDetails:ArrayOfEncounterDetailsData
DeleteAppointment
    DeleteAppointmentReq = Appointment:AppointmentDelete!
    DeleteAppointmentResp = AppointmentId:long Deleted:boolean
"""

# The result of UpdateAppointmentStatus and the name of the list in GetThrottles' result are not known.
OPERATIONS_SINCE_2021 = """
GetAppointmentReasons
    GetAppointmentReasonsReq = PracticeId:long!
    GetAppointmentReasonsResp = AppointmentReasons:ArrayOfAppointmentReasonData
CreateAppointmentReason
    CreateAppointmentReasonReq = ?
    CreateAppointmentReasonResp =
UpdateAppointmentStatus
    UpdateAppointmentStatusReq = Appointment:AppointmentStatusUpdate!
    UpdateAppointmentStatusResp =
GetThrottles
    GetThrottlesReq =
    GetThrottlesResp = Throttles:ArrayOfThrottleDetail
GetCustomerIdFromKey
    GetCustomerIdFromKeyRequest = CustomerKey Password User
    GetCustomerIdFromKeyResp = CustomerId:int IsAuthorized:boolean
CreateDocument
    CreateDocumentReq = ?
    CreateDocumentResp =
DeleteDocument
    DeleteDocumentReq = ?
    DeleteDocumentResp =
UpdatePrimaryPatientCase
    UpdatePrimaryPatientCaseReq = ?
    UpdatePrimaryPatientCaseResp =
"""
