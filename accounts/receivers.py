"""What Django itself announces: the beginning and the end of a session."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts import audit
from accounts.address import client_address
from accounts.middleware import begin
from accounts.models import User


@receiver(user_logged_in, dispatch_uid="accounts.begin_session")
def begin_session(request: HttpRequest, **kwargs: Any) -> None:
    """Start the clocks that end the session."""
    begin(request.session, timezone.now().timestamp())


@receiver(user_logged_out, dispatch_uid="accounts.record_sign_out")
def record_sign_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Record the end of a session, from whichever page, or because it lasted too long."""
    if user is not None:
        audit.record(user, "sign_out.done", target=str(user.pk), address=client_address(request))
