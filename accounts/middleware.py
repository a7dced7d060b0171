"""What holds for every page of a signed-in user."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.models import User

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
_TOUCH = 300  # seconds; how exact the idle limit is, and how seldom a session is written for it

_Next = Callable[[HttpRequest], HttpResponse]


class SessionLimits:
    """End a session after 12 hours without a request, and after 14 days whatever happens.

    Comes right behind Django's AuthenticationMiddleware.
    """

    def __init__(self, get_response: _Next) -> None:
        """Wrap the rest."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out who stayed away, or stayed, too long."""
        if request.user.is_authenticated and not _goes_on(request.session, timezone.now().timestamp()):
            logout(request)
        return self.get_response(request)


def begin(session: SessionBase, now: float) -> None:
    """Start the clocks of a session at sign-in; `now` in seconds."""
    session["began"] = session["seen"] = now


def _goes_on(session: SessionBase, now: float) -> bool:
    began, seen = session.get("began", 0.0), session.get("seen", 0.0)
    if now - began >= ABSOLUTE.total_seconds() or now - seen >= IDLE.total_seconds():
        return False
    if now - seen >= _TOUCH:
        session["seen"] = now
    return True


class OwnWords:
    """Speak the user's language and tell times in his zone."""

    def __init__(self, get_response: _Next) -> None:
        """Wrap the rest."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Switch for the length of the request."""
        if not isinstance(request.user, User):
            return self.get_response(request)
        language = request.user.language
        with timezone.override(request.user.zone), translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class PrivatePages:
    """Keep pages of signed-in users out of every cache, the browser's own included."""

    def __init__(self, get_response: _Next) -> None:
        """Wrap the rest."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forbid storing, unless the view said otherwise."""
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
