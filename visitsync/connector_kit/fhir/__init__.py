"""FHIR for connectors: reading patients with their coverage, signing in, searching. Shared by every EMR that has it.

To read people from an EMR's FHIR server:

    sign_in = BackendSignIn(base_url, store, budget, clock, resources=("Patient", "Coverage"), settings=…)
    server = FhirServer(client, sign_in, clock, name="Greenway")    # client: a PoliteClient on the FHIR base URL
    searches = Searches(server, base_url)
    for page in PeopleReader(server, searches, clock).read(["p-1", "p-2"], urgency=…):
        …                                                            # FetchedPages of RecordKind.PATIENT

and in the translator:

    people.split(page)          # a record for each patient, with the coverage beside it in its body
    people.to_patient(record)   # a domain Patient

The parts, each a page of its own:

    shapes       the typed JSON; tolerant of DSTU2, STU3, R4, R4B and R5
    instants     times with zones, partial dates
    references   relative, absolute, versioned, contained, urn:uuid, Aidbox's
    bundles      entries of a Bundle and its links
    files        entries of whatever was saved: a resource, a Bundle, a list, NDJSON
    outcomes     what an OperationOutcome means for us
    picking      which name, address, e-mail and phone counts
    coverage     which policies are in force, and who pays
    people       patients with their coverage: asking for them, taking answers apart
    patients     what a record of a patient means
    statuses     Appointment.status
    secrets      social security numbers, taken out
    signing      RS384 and ES384
    smart        SMART Backend Services: discovery, assertion, tokens
    scopes       which to ask for, and what granted ones allow
    metadata     what a CapabilityStatement says
    asking       signed-in requests and their refusals
    searching    searches page by page

Credentials of a connection: client_id, private_key (PEM, its base64 alone, or a JWK) and key_id; access_token,
expires_at and scope are kept beside them. The pretend server for tests is in simulator_kit/fhir.
"""
