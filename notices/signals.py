"""What the outbox tells its door."""

from __future__ import annotations

from django.dispatch import Signal

#: after commit; `mail_id`: a mail was put into the outbox
queued = Signal()
