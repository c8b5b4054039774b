"""The suite for pushed messages over the pretend sender, with its habits one way and the others."""

from visitsync.connector_kit.conformance.pushed import PushConformance


class TestHl7(PushConformance):
    emr = "hl7v2"


class TestHl7OfAnotherSender(TestHl7):
    """Every habit another way, and the settings that say so."""

    variants = {
        "version": "2.5.1",
        "line_ends": "CRLF",
        "delimiters": "custom",
        "charset": "UTF-8 undeclared",
        "ids": "placer only",
        "control_ids": "patient's number",
        "reschedule": "S15 and S12",
        "no_show": "S15",
        "undo": "S14",
        "move": "S14",
        "delete": "S15",
        "blocks": "S12 with empty PID",
        "people": "A28 and A31",
        "start_place": "TQ1",
        "duration": "MIN in SCH-9",
        "provider_place": "AIG",
        "location_place": "PV1",
        "groups": "no RGS",
        "email_place": "PID-13.4 of the phone",
        "z_segments": "between",
        "status_words": "own",
        "emptied": "empty",
        "uninsured": "left out",
        "times": "with offset",
        "accepts": "CA",
    }
    settings = {
        "ack_mode": "enhanced",
        "empty_means": "deleted",
        "no_insurance_means": "none",
        "location_name_places": "PV1-3.9",
    }


class TestHl7OfAThirdSender(TestHl7):
    variants = {
        "version": "2.8",
        "line_ends": "LF",
        "delimiters": "misordered",
        "charset": "UTF-8 declared as 8859/1",
        "ids": "filler only",
        "reschedule": "S12 with parent",
        "no_show": "S15 with reason",
        "blocks": "not sent",
        "start_place": "AIS-4",
        "duration": "seconds without unit",
        "provider_place": "PV1",
        "groups": "old and new",
        "email_place": "ZPD",
        "status_words": "upper case",
        "times": "utc",
        "minutes_only": "yes",
    }
    settings = {"times": "utc", "parent_means": "always replaced"}
    shows_blocks = False


class TestHl7OfAShiftedSender(TestHl7):
    variants = {"layout": "shifted", "duration": "seconds", "email_place": "PID-14"}
    settings = {"shifted_layout": "read", "type_places": "AIS-3", "service_places": "PID-99", "reason_places": "SCH-7"}
