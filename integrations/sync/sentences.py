"""What the sync tells people: a sentence for each code of the pure core, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.sync.core.actions import Reason

WAITING = {
    Reason.UNREADABLE: _("This event could not be read. It is tried again when it changes in your calendar."),
    Reason.READ_ONLY: _("This calendar is read-only for us: choose another one to push to."),
    Reason.GUESTS: _("This event has guests, who would get mail. Say whether to send the change."),
    Reason.NOT_OURS: _("This event was in your calendar before: say whether to delete it there too."),
    Reason.NOT_GRANTED: _("You have not allowed your calendar to write to your agenda: authorize it again."),
}


def waiting(reason: str) -> str:
    """Return why something waits and what the owner can do about it; "" where he need not know."""
    return str(WAITING[Reason(reason)]) if reason else ""
