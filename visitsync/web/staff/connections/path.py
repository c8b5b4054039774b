"""The guided path as the pages show it: which steps there are, which are done, where one is."""

from collections.abc import Mapping

import msgspec
from django.urls import reverse

from visitsync.connector_kit.manifest import Manifest
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin.set_up import SetUp, Step, steps_of
from visitsync.web.staff.viewer import Viewer

TITLES: Mapping[Step, str] = {
    Step.ACCESS: "Access",
    Step.SENDER: "Who sends",
    Step.MARKS: "What is telemedicine",
    Step.PLACES: "Time zones",
    Step.PROVIDERS: "Providers",
    Step.READING: "First reading",
}


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the path."""

    number: int
    title: str
    href: str
    """"" while it cannot be gone to yet."""
    is_done: bool
    is_here: bool


def path_of(viewer: Viewer, connection: StoredConnection, manifest: Manifest, set_up: SetUp, here: Step) -> list[Stop]:
    """All steps; what comes after the access can be gone to once that works."""
    is_open = Step.ACCESS in set_up.done
    return [
        Stop(
            number=number,
            title=TITLES[step],
            href=address(viewer, connection, step) if is_open or step is Step.ACCESS else "",
            is_done=step in set_up.done,
            is_here=step is here,
        )
        for number, step in enumerate(steps_of(manifest), start=1)
    ]


def address(viewer: Viewer, connection: StoredConnection, step: Step) -> str:
    """Of one step."""
    named = {"practice": viewer.slug, "connection": connection.connection_id, "step": step.value}
    return reverse("connections-step", kwargs=named)


def after(viewer: Viewer, connection: StoredConnection, manifest: Manifest, step: Step) -> str:
    """The address of the step that follows."""
    steps = steps_of(manifest)
    place = steps.index(step)
    return address(viewer, connection, steps[min(place + 1, len(steps) - 1)])
