"""Makes the Django application: no database models, no debug pages, only the site map and our headers."""

import secrets
from collections.abc import Sequence

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from visitsync.web.hooks import LARGEST_BODY


def make_site(hosts: Sequence[str]) -> WSGIHandler:
    """The application as a WSGI callable. `hosts` are the names it answers to."""
    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=list(hosts),
            APPEND_SLASH=False,
            DATA_UPLOAD_MAX_MEMORY_SIZE=LARGEST_BODY,
            DATABASES={},
            DEBUG=False,
            INSTALLED_APPS=[],
            LOGGING_CONFIG=None,
            MIDDLEWARE=["visitsync.web.door.Door"],
            ROOT_URLCONF="visitsync.web.urls",
            SECRET_KEY=secrets.token_urlsafe(50),  # signs nothing that outlives the process
            TEMPLATES=[],
            USE_TZ=True,
        )
        django.setup(set_prefix=False)
    return WSGIHandler()
