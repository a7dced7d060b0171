"""What the sync tells people: a sentence for each code of the pure core, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.gateway.errors import CalendarGone, Forbidden, GatewayError, Hostile, Rejected, TooLarge, UidTaken
from integrations.models import Outcome
from integrations.sync.core.actions import Reason

WAITING = {
    Reason.UNREADABLE: _("This event could not be read. It is tried again when it changes in your calendar."),
    Reason.READ_ONLY: _("This calendar is read-only for us: choose another one to push to."),
    Reason.GUESTS: _("This event has guests, who would get mail. Say whether to send the change."),
    Reason.NOT_OURS: _("This event was in your calendar before: say whether to delete it there too."),
    Reason.NOT_GRANTED: _("You have not allowed your calendar to write to your agenda: authorize it again."),
}


REPEATS = _("This event repeats in your calendar: change its time there.")
ORIGINAL_NOT_CHOSEN = _("The event that this was made of stands in a calendar that you have not chosen to import.")
REFUSED_WRITE = _("Your calendar refuses this change: it may be read-only.")
NOT_ACCEPTED = _("Your calendar's server does not accept this event.")
EXISTS = _("Your calendar says that this event exists already: look for it there and delete it.")
GONE = _("A chosen calendar is no longer there. Nothing was deleted here; everything else goes on.")
CLOSED = _("The server no longer lets us read one of your calendars. Everything else goes on.")
HOSTILE = _(
    "One calendar's answer was refused, since it can only harm whoever reads it. Tell whoever runs the server; "
    "everything else goes on."
)
TOO_LARGE = _(
    "One of your calendars answers with more than Halfpast reads: move part of it to another calendar. Everything else "
    "goes on."
)
PUZZLING = _("One calendar's answer could not be understood; it is tried again. Everything else goes on.")


def trouble_of_one_calendar(error: GatewayError, *, lasting: bool) -> tuple[Outcome, str]:
    """Return what an error of one calendar alone means for the run, and the sentence for its owner.

    `lasting`: it is not the first time, so what puzzled us at first is told as a failure (fault row 26).
    """
    match error:
        case CalendarGone():
            return Outcome.NEEDS_USER, str(GONE)
        case Forbidden():
            return Outcome.NEEDS_USER, str(CLOSED)
        case Hostile():
            return Outcome.FAILED, str(HOSTILE)
        case TooLarge():
            return Outcome.FAILED, str(TOO_LARGE)
    return Outcome.FAILED if lasting else Outcome.RETRY, str(PUZZLING)


def why_refused(error: Rejected | UidTaken) -> str:
    """Return why a server does not take an item, and what the owner can do about it."""
    return str(EXISTS if isinstance(error, UidTaken) else NOT_ACCEPTED)


def waiting(reason: str) -> str:
    """Return why something waits and what the owner can do about it; "" where he need not know."""
    return str(WAITING[Reason(reason)]) if reason else ""
