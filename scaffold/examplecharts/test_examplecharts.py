"""The conformance suite over the pretend ExampleCharts, with its uncertain facts one way and the other."""

from visitsync.connector_kit.conformance.suite import ConnectorConformance


class TestExampleCharts(ConnectorConformance):
    emr = "examplecharts"
    list_line = r"^GET /v1/appointments\?"
    quick = {"requests_per_minute": "none"}
    limited = {"requests_per_minute": "600"}
    small_pages = ({"page_size": "7"}, {"page_size": "1"})
    tells_zones = True


class TestExampleChartsTheOtherWay(TestExampleCharts):
    """Every uncertain fact the other way round, and the settings that say so."""

    quick = {**TestExampleCharts.quick, "times": "practice"}
    settings = {"times": "practice"}
