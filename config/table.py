"""Every setting a person who runs Halfpast may give, in one table.

`config.settings` reads nothing from the environment that has no row here; docs/settings.md and .env.example are
written from it (`manage.py settings_docs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from operations import datafolder

Kind = Literal["text", "yes/no", "number", "list"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its default as it would be typed, and what it means in a sentence or two."""

    name: str
    default: str
    meaning: str
    kind: Kind = "text"
    secret: bool = False


TABLE: tuple[Setting, ...] = (
    Setting(
        "HALFPAST_ENV",
        "development",
        "`production` is the only switch for production: keys must be given, cookies need https, nothing is created by "
        "itself. Any other word means development.",
    ),
    Setting(
        "HALFPAST_DATA",
        datafolder.DEFAULT,
        "The data folder: database, keys, backups. A relative path starts at the project's folder. "
        "`up --data` sets it.",
    ),
    Setting(
        "HALFPAST_URL",
        "",
        "The address people type, as `https://agenda.example.org`. Its host is admitted and trusted for forms.",
    ),
    Setting("HALFPAST_ALLOWED_HOSTS", "", "Further host names to answer to, separated by commas.", kind="list"),
    Setting(
        "HALFPAST_BEHIND_PROXY",
        "no",
        "Whether a proxy of yours ends TLS and sets `X-Forwarded-Proto`. Never switch it on without one: anybody could "
        "then claim to come by https.",
        kind="yes/no",
    ),
    Setting(
        "HALFPAST_SECRET_KEY",
        "",
        "Signs sessions and links; 50 characters or more. Left empty outside production: made once, in "
        "`<data>/keys/secret_key`.",
        secret=True,
    ),
    Setting(
        "HALFPAST_FIELD_KEYS",
        "",
        "Master keys of everything stored encrypted, as `id:base64url` with 32 bytes each, separated by commas, the "
        "current one first. Keep a copy away from the database's backups. Left empty outside production: made once, in "
        "`<data>/keys/field_keys`.",
        secret=True,
    ),
    Setting(
        "DATABASE_URL",
        "",
        "As `postgres://user:password@host:5432/halfpast`. Left empty: SQLite in the data folder.",
        secret=True,
    ),
    Setting(
        "REDIS_URL",
        "",
        "As `redis://host:6379/0`; Redis or Valkey, for caches and, unless the next setting says otherwise, the queue. "
        "Left empty: `up` runs its own.",
        secret=True,
    ),
    Setting(
        "CELERY_BROKER_URL",
        "",
        "The queue's own server, where it is not the one in `REDIS_URL`.",
        secret=True,
    ),
    Setting(
        "EMAIL_URL",
        "",
        "The mail server, as `smtp+tls://user:password@mail.example.org:587` (`smtp+ssl://` for port 465, `smtp://` "
        "without encryption), with signs like `@` in the password written as `%40`. Left empty: mails stay in the "
        "outbox; outside production each user finds his own at `/mails/`.",
        secret=True,
    ),
    Setting(
        "HALFPAST_MAIL_FROM",
        "Halfpast <halfpast@localhost>",
        "Whom mails come from, as `Halfpast <agenda@example.org>`: an address that the mail server may send for.",
    ),
    Setting(
        "HALFPAST_SYNC_THREADS",
        "16",
        "How many connections one worker syncs at the same time in the half-hourly round.",
        kind="number",
    ),
    Setting(
        "HALFPAST_INTERACTIVE_THREADS",
        "4",
        "How many more it syncs at the same time because a person waits for it.",
        kind="number",
    ),
    Setting("HALFPAST_WEB_THREADS", "8", "How many requests the web process answers at the same time.", kind="number"),
    Setting(
        "HALFPAST_PRIVATE_HOSTS",
        "",
        "Calendar servers on private or loopback addresses that users may connect to, as `host:port`, separated by "
        "commas; over plain http too. All others are refused. One never leads to another without its user's word.",
        kind="list",
    ),
    Setting(
        "HALFPAST_ICLOUD_URL",
        "",
        "For tests: an address that stands in for Apple's calendar server. Refused in production.",
    ),
    Setting(
        "HALFPAST_CA_FILE",
        "",
        "For tests: a further certificate authority to trust, in PEM. Refused in production.",
    ),
    Setting(
        "POSTGRES_PASSWORD",
        "",
        "For `docker-compose.yml` only: the password of its PostgreSQL, of letters and digits.",
        secret=True,
    ),
    Setting("HALFPAST_LOG_LEVEL", "INFO", "How much is logged: DEBUG, INFO, WARNING or ERROR."),
)

_TRUE = frozenset({"yes", "true", "on", "1"})
_ROWS = {row.name: row for row in TABLE}


def text(environment: Mapping[str, str], name: str) -> str:
    """Return the setting `name` as `environment` gives it, else its default. Empty counts as not given."""
    return environment.get(name, "").strip() or _ROWS[name].default


def flag(environment: Mapping[str, str], name: str) -> bool:
    """Return a yes/no setting."""
    return text(environment, name).lower() in _TRUE


def number(environment: Mapping[str, str], name: str) -> int:
    """Return a setting that is a whole number."""
    return int(text(environment, name))


def items(environment: Mapping[str, str], name: str) -> list[str]:
    """Return a setting that is a list, without empty parts."""
    return [part.strip() for part in text(environment, name).split(",") if part.strip()]
