"""Writing a mail into the outbox: text and HTML, in the recipient's language, with the same words as in the page."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.kinds import Facts, Kind, Words, speaking_to, words
from notices.models import OutgoingMail
from notices.models.outgoing_mail import Letter
from notices.signals import queued


def write(
    recipient: User,
    kind: Kind,
    facts: Facts | None = None,
    *,
    link: str = "",
    address: str = "",
    now: datetime | None = None,
) -> OutgoingMail | None:
    """Put a mail of this kind into the outbox, without a notice; to `address` where it is not the user's own.

    None when the recipient cannot sign in any more.
    """
    if not recipient.is_active or recipient.data_key_id is None:
        return None
    said = words(recipient, kind, facts or {})
    return write_words(recipient, kind.key, said, link=link, address=address, now=now or timezone.now())


def write_words(
    recipient: User, kind: str, said: Words, *, link: str, now: datetime, address: str = "", reminder: bool = False
) -> OutgoingMail:
    """Put a mail with these words into the outbox; it is sent once the transaction at hand is committed."""
    letter = _letter(recipient, said, link, address or recipient.email, reminder)
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            recipient=recipient,
            data_key_id=_key_of(recipient),
            kind=kind,
            letter=json.dumps(asdict(letter)),
            created_at=now,
            due_at=now,
        )
        transaction.on_commit(partial(queued.send_robust, sender=OutgoingMail, mail_id=mail.pk))
    return mail


def _key_of(recipient: User) -> UUID:
    if recipient.data_key_id is None:
        raise ValueError("an erased user is written no mail")
    return recipient.data_key_id


def _letter(recipient: User, said: Words, link: str, address: str, reminder: bool) -> Letter:
    with speaking_to(recipient):
        subject = _("Reminder: %(heading)s") % {"heading": said.heading} if reminder else said.heading
        context = {
            "said": said,
            "recipient": recipient,
            "url": f"{settings.SITE_URL}{link}" if settings.SITE_URL and link else "",
            "site": settings.SITE_URL,
            "PRODUCT_NAME": settings.PRODUCT_NAME,
            "language": recipient.language,
            "subject": subject,
        }
        text = render_to_string("notices/mail.txt", context)
        return Letter(address, subject, text.strip() + "\n", render_to_string("notices/mail.html", context))
