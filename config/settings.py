"""Django's settings. Everything a person may set comes from `config.table`; the rest is decided here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import table
from operations import datafolder

django_stubs_ext.monkeypatch()  # lets `ModelForm[Thing]` and its like be written

BASE_DIR = datafolder.ROOT
PRODUCT_NAME = "Halfpast"

# --- where we are -----------------------------------------------------------------------------------------------------

PRODUCTION = table.text(os.environ, "HALFPAST_ENV") == "production"
DEBUG = False  # tracebacks in pages help nobody who has a terminal, and hide what visitors will see
DATA: Path = datafolder.locate(table.text(os.environ, "HALFPAST_DATA"))


def _have_data_folder() -> None:
    """Make the data folder and its keys where they may be made."""
    try:
        if not PRODUCTION:
            datafolder.ensure(DATA)
    except OSError as trouble:
        raise ImproperlyConfigured(
            f"The data folder {DATA} cannot be used ({trouble.strerror}): choose another with HALFPAST_DATA."
        ) from None


def _key(variable: str, name: str) -> str:
    """Return a key from the environment, else from the data folder."""
    try:
        return table.text(os.environ, variable) or datafolder.key(DATA, name)
    except datafolder.DataFolderMissing as missing:
        raise ImproperlyConfigured(str(missing)) from None
    except OSError as trouble:
        raise ImproperlyConfigured(f"The key {trouble.filename} cannot be read: {trouble.strerror}.") from None


_have_data_folder()


SECRET_KEY = _key("HALFPAST_SECRET_KEY", "secret_key")
FIELD_KEYS = _key("HALFPAST_FIELD_KEYS", "field_keys")

HALFPAST_URL = table.text(os.environ, "HALFPAST_URL").rstrip("/")
ALLOWED_HOSTS = [
    *table.items(os.environ, "HALFPAST_ALLOWED_HOSTS"),
    *filter(None, [urlsplit(HALFPAST_URL).hostname]),
    *["localhost", "127.0.0.1", "[::1]"],  # this machine itself: health checks, and whoever tries it out
]
CSRF_TRUSTED_ORIGINS = [HALFPAST_URL] if HALFPAST_URL else []
#: where links in mails lead: the address people type, else that of an `up` on this data folder
SITE_URL: str = HALFPAST_URL or (datafolder.running(DATA) or {}).get("url", "")

# --- what the gateway may reach ---------------------------------------------------------------------------------------

#: what a running `up` started itself on this data folder, so that commands beside it find the demo's servers
_STARTED: dict[str, Any] = {} if PRODUCTION else datafolder.running(DATA) or {}
HALFPAST_STARTED_HOSTS: list[str] = _STARTED.get("hosts", [])  # host:port
HALFPAST_PRIVATE_HOSTS = table.items(os.environ, "HALFPAST_PRIVATE_HOSTS")
HALFPAST_ICLOUD_URL = table.text(os.environ, "HALFPAST_ICLOUD_URL") or _STARTED.get("icloud_url", "")
HALFPAST_CA_FILE = table.text(os.environ, "HALFPAST_CA_FILE") or _STARTED.get("ca_file", "")
if PRODUCTION and (HALFPAST_ICLOUD_URL or HALFPAST_CA_FILE):
    raise ImproperlyConfigured("HALFPAST_ICLOUD_URL and HALFPAST_CA_FILE are for tests: unset them in production.")

# --- the parts --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "vault",
    "accounts",
    "notices",
    "agenda",
    "integrations",
    "operations",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.OwnWords",
    "accounts.middleware.PrivatePages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.product",
            ]
        },
    }
]

# --- rows and caches --------------------------------------------------------------------------------------------------

DATABASE_URL = table.text(os.environ, "DATABASE_URL")
REDIS_URL = table.text(os.environ, "REDIS_URL")


def _database(url: str) -> dict[str, Any]:
    """Return Django's description of the database at `url`, or of the one in the data folder.

    SQLite takes its write lock at the start of a transaction and waits for it: a transaction that reads first and
    writes later would otherwise fail with "database is locked" as soon as two of them meet.
    """
    described: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA / "halfpast.sqlite3")}
    if url:
        described = environ.Env.db_url_config(url)
    if described["ENGINE"] == "django.db.backends.sqlite3":
        described["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        }
        # A file, not memory: worker threads and worker processes of a test look at the same rows.
        described["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    else:
        described |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    return described


DATABASES = {"default": _database(DATABASE_URL)}
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "halfpast",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- who may enter ----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "halfpast_session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "halfpast_csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if table.flag(os.environ, "HALFPAST_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- words and files --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
#: ours, and what scripts/vendor.py took from npm
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", BASE_DIR / ".vendor" / "static")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.storage.StaticFiles"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- the queue --------------------------------------------------------------------------------------------------------

# Celery itself looks at the environment's CELERY_BROKER_URL first: the two must never differ. Without a broker a
# publication goes nowhere and costs nothing; what it would have started is in the database and found within a minute.
CELERY_BROKER_URL = table.text(os.environ, "CELERY_BROKER_URL") or REDIS_URL or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_POOL_LIMIT = 64  # above the threads: a worker that runs out of connections cannot acknowledge
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 3600,  # longer than any task
    "max_connections": 200,
    "socket_connect_timeout": 2,
    "socket_timeout": 3,
    "max_retries": 0,  # a publication is tried once, and takes three seconds at the very worst
}
if CELERY_BROKER_URL.startswith("memory:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {}
CELERY_REDIS_MAX_CONNECTIONS = 200
CELERY_TASK_PUBLISH_RETRY = False  # a web request never waits for a broker that is away
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "sync"
CELERY_TASK_CREATE_MISSING_QUEUES = True  # `interactive` is named at the call, by whoever rings for a person
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat-schedule")
# What hands out the work never queues behind the work.
_NOW = {"expires": 55, "queue": "interactive"}
CELERY_BEAT_SCHEDULE = {
    "dispatch-due": {"task": "integrations.tasks.dispatch_due", "schedule": 60.0, "options": _NOW},
    "daily": {"task": "integrations.tasks.daily", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
    "send-due": {"task": "notices.tasks.send_due", "schedule": 60.0, "options": _NOW},
    "purge-notices": {"task": "notices.tasks.purge", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
}

# --- mail -------------------------------------------------------------------------------------------------------------

EMAIL_URL = table.text(os.environ, "EMAIL_URL")
#: without a mail server, mails are only kept and shown (outside production), or stay in the outbox (in production)
MAIL_IS_KEPT = not EMAIL_URL and not PRODUCTION
MAIL_GOES_OUT = bool(EMAIL_URL) or MAIL_IS_KEPT
DEFAULT_FROM_EMAIL = SERVER_EMAIL = table.text(os.environ, "HALFPAST_MAIL_FROM")


def _mail_server(url: str) -> dict[str, Any]:
    """Return Django's description of the mail server at `url`; without one, mails go nowhere."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if urlsplit(url).scheme not in environ.Env.EMAIL_SCHEMES or not urlsplit(url).hostname:
        hint = "write smtp+tls://user:password@mail.example.org:587"
        raise ImproperlyConfigured(f"EMAIL_URL names no mail server: {hint}.")
    described: dict[str, Any] = environ.Env.email_url_config(url)
    return described


_MAIL_SERVER = _mail_server(EMAIL_URL)
EMAIL_BACKEND = _MAIL_SERVER["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _MAIL_SERVER.get("EMAIL_HOST") or "", _MAIL_SERVER.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _MAIL_SERVER.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _MAIL_SERVER.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL_SERVER.get("EMAIL_USE_TLS", False), _MAIL_SERVER.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20  # seconds a worker waits for it

#: how many things at a time the web process and each worker do; `up` reads it
THREADS = {
    "web": table.number(os.environ, "HALFPAST_WEB_THREADS"),
    "sync": table.number(os.environ, "HALFPAST_SYNC_THREADS"),
    "interactive": table.number(os.environ, "HALFPAST_INTERACTIVE_THREADS"),
}

# --- logs -------------------------------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.Formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": table.text(os.environ, "HALFPAST_LOG_LEVEL").upper()},
    "loggers": {
        # These say addresses, headers or bodies of calendar servers when asked to be talkative.
        "caldav": {"level": "WARNING"},
        "niquests": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
    },
}
