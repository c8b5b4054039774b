"""Makes the Django application out of what the process was given."""

import atexit
import fcntl
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
import msgspec
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from psycopg.conninfo import conninfo_to_dict

from visitsync.web.hooks import LARGEST_BODY

HERE = Path(__file__).parent
WEB_SESSION_SETTINGS = "-c search_path=public -c statement_timeout=30s -c log_parameter_max_length_on_error=0"
TRIES = {
    "login": "40/m/ip",
    "login_failed": "10/m/ip,5/10m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
"""How often something may be tried; five wrong passwords lock an address out for ten minutes."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Where the application answers, and what it keeps its sessions and secrets with."""

    hosts: Sequence[str]
    """Names it answers to."""
    database_url: str
    """As the application's role."""
    secret_key: str
    """The same in every process; signs sessions and links."""
    is_secure: bool = True
    """False only where nobody but this machine can ask, by plain HTTP: cookies then go without `Secure`."""
    mail: "Mail | None" = None
    static_folder: Path | None = None
    """Where style sheets and scripts are gathered to be served; None: a folder that goes with the process."""

    def __repr__(self) -> str:
        return f"Site({', '.join(self.hosts)})"


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """The server that takes our mail, and whom it comes from."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    is_tls: bool = True
    """STARTTLS before anything else is said."""
    is_tls_from_the_start: bool = False
    """TLS before even the server's greeting; then without `is_tls`."""
    sender: str

    def __repr__(self) -> str:
        return f"Mail({self.host}:{self.port})"


def make_site(site: Site) -> WSGIHandler:
    """The application as a WSGI callable. The first call of a process decides; later ones only change the database."""
    set_up(site)
    if not _collected:
        _collect_into(site.static_folder or _temporary_folder())
        _collected.append(True)
    return WSGIHandler()


def _collect_into(folder: Path) -> None:
    """Style sheets, scripts and pictures, under names that change with them; one process at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    settings.STATIC_ROOT = str(folder)
    with (folder / ".collecting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("collectstatic", interactive=False, verbosity=0)


def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="visitsync-static-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def set_up(site: Site) -> None:
    """Makes the accounts of people usable without serving pages: for commands. Later calls only change the database."""
    if settings.configured:
        use_database(site.database_url)
    else:
        settings.configure(**_settings(site))
        django.setup(set_prefix=False)


_collected: list[bool] = []
"""Whether this process has gathered its static files."""


def use_database(url: str) -> None:
    """Leads the sign-in tables' connections of this thread to another database: for tests."""
    from django.db import connections  # needs the settings above

    connections["default"].close()
    connections["default"].settings_dict.update(_database(url))


def _settings(site: Site) -> dict[str, Any]:
    return {
        "ALLOWED_HOSTS": list(site.hosts),
        "APPEND_SLASH": False,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": LARGEST_BODY,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 2_000,
        "DATABASES": {"default": _database(site.database_url)},
        "DEBUG": False,
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "FORM_RENDERER": "django.forms.renderers.TemplatesSetting",
        "INSTALLED_APPS": APPS,
        "LOGGING_CONFIG": None,
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "visitsync.web.urls",
        "SECRET_KEY": site.secret_key,
        "TEMPLATES": [TEMPLATES],
        "USE_I18N": False,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        **_caches(),
        **_cookies(site),
        **_static_files(),
        **_sign_in(site),
        **_mail(site.mail),
    }


APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "visitsync.web.accounts.apps.AccountsConfig",
    "visitsync.web.design.apps.DesignConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "visitsync.web.door.Door",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "visitsync.web.accounts.session_rules.SessionRules",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [HERE / "design" / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
            "visitsync.web.staff.surroundings.surroundings",
        ],
        "builtins": ["django.templatetags.static", "visitsync.web.design.templatetags.design"],
    },
}


def _database(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    others = {name: value for name, value in parts.items() if name not in named}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**others, "options": WEB_SESSION_SETTINGS, "application_name": "visitsync web"},
        **{ours: str(parts.get(theirs) or "") for theirs, ours in named.items()},
    }


def _caches() -> dict[str, Any]:
    backend = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}
    # Django throws away what is still good once there are more than these: an attacker would soon be let try again.
    return {"CACHES": {"default": {**backend, "OPTIONS": {"MAX_ENTRIES": 50_000}}}}


def _cookies(site: Site) -> dict[str, Any]:
    prefix = "__Host-" if site.is_secure else ""
    return {
        "SESSION_ENGINE": "visitsync.web.accounts.sessions",
        "SESSION_COOKIE_NAME": f"{prefix}visitsync",
        "SESSION_COOKIE_SECURE": site.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": 12 * 3600,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_NAME": f"{prefix}visitsync-form",
        "CSRF_COOKIE_SECURE": site.is_secure,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_FAILURE_VIEW": "visitsync.web.errors.form_out_of_date",
        "CSRF_TRUSTED_ORIGINS": [f"https://{host}" for host in site.hosts] if site.is_secure else [],
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if site.is_secure else None,
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    }


def _static_files() -> dict[str, Any]:
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    return {
        "STATIC_URL": "/static/",
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.AppDirectoriesFinder"],
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": storage},
        },
        "WHITENOISE_MANIFEST_STRICT": True,
        "WHITENOISE_KEEP_ONLY_HASHED_FILES": True,
    }


def _sign_in(site: Site) -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "accounts.User",
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
            for name, options in (
                ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
                ("MinimumLengthValidator", {"min_length": 12}),
                ("CommonPasswordValidator", {}),
            )
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "LOGOUT_REDIRECT_URL": "/account/login/",
        "ACCOUNT_ADAPTER": "visitsync.web.accounts.adapters.AccountAdapter",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "ACCOUNT_LOGIN_ON_PASSWORD_RESET": False,
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": False,
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "PASSWORD_RESET_TIMEOUT": 3600,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 300,
        "ACCOUNT_RATE_LIMITS": TRIES,
        "MFA_ADAPTER": "visitsync.web.accounts.adapters.SecondFactorAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_ALLOW_UNVERIFIED_EMAIL": False,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not site.is_secure,
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1 if site.is_secure else 0,  # the one that speaks TLS for us
    }


def _mail(mail: Mail | None) -> dict[str, Any]:
    if mail is None:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    return {
        "EMAIL_BACKEND": "visitsync.web.accounts.mail.MailBesides",
        "EMAIL_HOST": mail.host,
        "EMAIL_PORT": mail.port,
        "EMAIL_HOST_USER": mail.user,
        "EMAIL_HOST_PASSWORD": mail.password,
        "EMAIL_USE_TLS": mail.is_tls,
        "EMAIL_USE_SSL": mail.is_tls_from_the_start,
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": mail.sender,
    }
