"""The request that the authorize page answers: signed, of one user in one session, for ten minutes, and once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.address import client_address
from accounts.models import User
from integrations import catalog, grants
from integrations.entry import Entry
from integrations.models import Grant

LIFE = 10 * 60  # seconds
_SALT = "integrations.asking"
_PENDING = "asking"  # the session's name for the one request that it may answer


class Stale(Exception):
    """The request is too old, used, altered, or of another session or user. `entry`: where to start again, if known."""

    def __init__(self, entry: Entry | None = None) -> None:
        """Keep where to start again."""
        super().__init__()
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Asking:
    """One entry asks one user. `key` becomes the consent's id, so that the database admits it once."""

    entry: Entry
    key: UUID


def issue(request: HttpRequest, user: User, entry: Entry) -> str:
    """Return a new request for the address of the authorize page; an earlier one of this session is void."""
    key = uuid4()
    request.session[_PENDING] = key.hex
    return signing.dumps([entry.key, str(user.pk), key.hex], salt=_SALT)


def read(request: HttpRequest, user: User, text: str) -> Asking:
    """Return the request as far as this user may answer it in this session now, else raise Stale."""
    try:
        entry_key, user_key, key = signing.loads(text, salt=_SALT, max_age=LIFE)
        entry = catalog.entry(entry_key)
    except (signing.BadSignature, ValueError, TypeError, catalog.UnknownEntry):
        raise Stale from None
    if user_key != str(user.pk) or request.session.get(_PENDING) != key:
        raise Stale(entry)
    return Asking(entry, UUID(key))


def allow(request: HttpRequest, user: User, asking: Asking) -> Grant:
    """Use the request up and write the consent down; Stale when it was used meanwhile."""
    withdraw(request)
    try:
        with transaction.atomic():
            return grants.give(user, asking.entry, address=client_address(request), now=timezone.now(), key=asking.key)
    except IntegrityError:
        raise Stale(asking.entry) from None


def withdraw(request: HttpRequest) -> None:
    """Void this session's request."""
    request.session.pop(_PENDING, None)
