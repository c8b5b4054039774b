"""The suite for pushed messages over the pretend Intergy, with its uncertain facts one way and the others."""

from visitsync.connector_kit.conformance.pushed import PushConformance


class TestIntergy(PushConformance):
    emr = "greenway_intergy"


class TestIntergyTheOtherWay(TestIntergy):
    """Reschedules as cancellation and booking, padded codes, several staff, write-ins not sent."""

    variants = {
        "version": "2.5.1",
        "reschedule": "S15 and S12",
        "no_show": "S15",
        "undo": "S14",
        "blocks": "not sent",
        "code_padding": "padded",
        "staff": "several",
        "location_place": "PV1",
        "people": "A28 and A31",
        "telehealth_flag": "ZAP-2",
        "minutes_only": "no",
    }
    settings = {"mode_places": "ZAP-2", "location_name_places": "PV1-3.9"}
    shows_blocks = False


class TestIntergyAThirdWay(TestIntergy):
    """Reschedules told by the old number, codes in small letters, the old and the new resources listed."""

    variants = {
        "reschedule": "S12 with parent",
        "no_show": "S15 with reason",
        "move": "S14",
        "delete": "S15",
        "groups": "old and new",
        "code_padding": "small letters",
        "email_place": "PID-13.4 of the phone",
        "status_words": "upper case",
        "line_ends": "CRLF",
    }
