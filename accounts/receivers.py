"""What Django itself announces, recorded in the audit trail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import audit
from accounts.address import client_address
from accounts.models import User


@receiver(user_logged_out, dispatch_uid="accounts.record_sign_out")
def record_sign_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Record the end of a session, from whichever page, or because it lasted too long."""
    if user is not None:
        audit.record(user, "sign_out.done", target=str(user.pk), address=client_address(request))
