"""Setting up: the EMR's address, its settings and credentials, and the checks that say whether they work."""

from collections.abc import Mapping

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from visitsync.connector_kit.errors import ConnectorError
from visitsync.connector_kit.manifest import Feed, Setting
from visitsync.sync.admin.connecting import missing_credentials
from visitsync.sync.admin.refusals import SettingUnknown
from visitsync.sync.admin.set_up import Step, change_access
from visitsync.web.accounts.fresh import proven_lately
from visitsync.web.parts import parts
from visitsync.web.staff.connections.credential_form import fields_of, given_in, merged, stored_credentials
from visitsync.web.staff.connections.finding import connection_of
from visitsync.web.staff.connections.sign_in_there import begin, signs_in_there
from visitsync.web.staff.connections.stepping import Place, shown
from visitsync.web.staff.connections.trial_checks import checks_of
from visitsync.web.staff.connections.trouble_words import in_words
from visitsync.web.staff.connections.trying import try_credentials
from visitsync.web.staff.viewer import Viewer

LONGEST_SETTING = 2_000
LONGEST_ADDRESS = 500


class SettingField(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of the EMR as the form shows it."""

    name: str
    label: str
    help: str
    values: tuple[str, ...]
    """Empty: free text."""
    value: str


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What was entered, or what is kept; secrets are in neither."""

    base_url: str
    settings: Mapping[str, str]
    address_error: str = ""
    settings_error: str = ""


@proven_lately
def access(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    """The form and, once something was tried, how that went."""
    if request.method != "POST":
        form = Form(base_url=place.connection.base_url, settings=place.connection.settings)
        return _form(request, viewer, place, form)
    form = Form(
        base_url=request.POST.get("base_url", "").strip()[:LONGEST_ADDRESS], settings=_settings_in(request, place)
    )
    connection_id = place.connection.connection_id
    try:
        change_access(parts().engine, viewer.practice_id, connection_id, form.base_url, form.settings)
    except SettingUnknown as refusal:
        return _form(request, viewer, place, msgspec.structs.replace(form, settings_error=str(refusal)))
    except ConnectorError as refusal:
        words = in_words(refusal, place.manifest.name)
        return _form(request, viewer, place, msgspec.structs.replace(form, address_error=words))
    return _tried(request, viewer, place, form)


def _tried(request: HttpRequest, viewer: Viewer, place: Place, form: Form) -> HttpResponse:
    """Address and settings are kept by now; the credentials are tried, here or on the EMR's own page."""
    manifest, connection_id = place.manifest, place.connection.connection_id
    wanted = merged(manifest, stored_credentials(viewer, connection_id), given_in(request, manifest))
    if missing_credentials(manifest, wanted):
        return _form(request, viewer, place, form)
    connection = connection_of(viewer, connection_id)
    if signs_in_there(manifest, wanted):
        parts().engine.credentials(viewer.practice_id, connection_id).save(wanted)
        begin(request, viewer, connection, wanted, is_set_up=True)
        return redirect("connections-leave", practice=viewer.slug, connection=connection_id)
    try_credentials(request, viewer, connection, wanted)
    return redirect("connections-step", practice=viewer.slug, connection=connection_id, step=Step.ACCESS.value)


def _form(request: HttpRequest, viewer: Viewer, place: Place, form: Form) -> HttpResponse:
    manifest = place.manifest
    is_posted = request.method == "POST"
    stored = stored_credentials(viewer, place.connection.connection_id)
    given = given_in(request, manifest) if is_posted else None
    missing = missing_credentials(manifest, merged(manifest, stored, given)) if given is not None else []
    trial = None if is_posted else place.set_up.trial
    context = {
        "form": form,
        "has_address": manifest.feed is not Feed.PUSH or bool(manifest.credentials),
        "address_is_needed": manifest.feed is not Feed.PUSH,
        "settings": [_setting(one, form.settings) for one in manifest.settings],
        "settings_are_open": bool(form.settings_error),
        "fields": fields_of(manifest, stored, given, missing),
        "signs_in_there": signs_in_there(manifest, {}),
        "trial": trial,
        "checks": checks_of(trial, manifest, place.words, viewer) if trial else [],
    }
    return shown(request, viewer, place, context, status=422 if is_posted else 200)


def _settings_in(request: HttpRequest, place: Place) -> dict[str, str]:
    """What differs from the EMR's usual; what the form does not ask for stays as it was."""
    chosen = dict(place.connection.settings)
    for one in place.manifest.settings:
        if (value := request.POST.get(f"setting-{one.name}")) is not None:
            chosen[one.name] = value.strip()[:LONGEST_SETTING]
    usual = {one.name: one.default for one in place.manifest.settings}
    return {name: value for name, value in chosen.items() if value != usual.get(name)}


def _setting(one: Setting, chosen: Mapping[str, str]) -> SettingField:
    return SettingField(
        name=one.name,
        label=one.name.replace("_", " ").capitalize(),
        help=one.help,
        values=() if one.values == ("",) else one.values,
        value=chosen.get(one.name, one.default),
    )
