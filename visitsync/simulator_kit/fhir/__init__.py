"""A pretend FHIR server over the clinic, for every simulator that has one. Imports simulator_kit only.

In a simulator:

    KEY = a_private_key("Greenway's pretend client")          # CREDENTIALS["private_key"]; the same everywhere
    VARIANTS = {…own…, **FHIR_VARIANTS}; FAULTS = {…own…, **FHIR_FAULTS}

    people, practice = People(clinic, variants), Practice(clinic, variants)
    tenant = FhirTenant(
        "/fhir/r4",                                            # the base URL is the server's address and this path
        {"Patient": people.patients(), "Coverage": people.coverages(), "Organization": people.organizations(),
         "Practitioner": practice.practitioners(), "Location": practice.locations()},
        Client(id="pretend-client", keys={"key-1": public_half(KEY)}),
        clock=clock, faults=faults, variants=variants,
    )
    response = tenant.answer(request)                          # None: the address is not the FHIR server's

The token endpoint checks alg, kid, signature, iss, sub, aud, exp and jti, and grants scopes only for the collections
that are served. What is served says so in metadata; a simulator of an EMR without Appointment leaves it out.
"""
