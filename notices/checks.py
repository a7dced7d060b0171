"""Tell the operator when nothing can be mailed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register()
def check_mail_server(**kwargs: Any) -> list[CheckMessage]:
    """Warn that mails stay in the outbox."""
    if settings.MAIL_GOES_OUT:
        return []
    hint = "Set EMAIL_URL, as smtp+tls://user:password@mail.example.org:587. Notices in the page appear all the same."
    return [Warning("No mail server is set: mails stay in the outbox.", hint=hint, id="notices.W001")]
