"""Why the agenda says no, always in a sentence that a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from agenda.models import Block, BlockSpan

ONE_DAY = timedelta(days=1)


class Refused(PermissionDenied):
    """This user may not do this. Its text is a sentence for him."""


class Overtaken(ValidationError):
    """The activity changed since the user looked at it, so that his change would overwrite another."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("Somebody changed this meanwhile. Look at it again, then repeat your change."))


def edit_refusal(block: Block, spans: Sequence[BlockSpan]) -> str:
    """Return why its owner cannot change the event behind the block from here, or "". No query."""
    if block.unreadable:
        return _("This event could not be read. Correct it in its own calendar first.")
    if block.invitation:
        return _("Somebody else organises this event: only he can change it.")
    if block.recurring or len(spans) != 1:
        return _("This event repeats: change it in its own calendar.")
    return ""


def conversion_refusal(block: Block, spans: Sequence[BlockSpan]) -> str:
    """Return why the block cannot become an activity, or "". No query: the caller brings its spans."""
    if block.unreadable:
        return _("This event could not be read. Correct it in its own calendar first.")
    if block.recurring:
        return _("A repeating event cannot be converted. Make the occurrence you need a single event first.")
    if len(spans) != 1:
        return _("This event has no time that can be shown.")
    if _longer_than_a_day(spans[0]):
        return _("An event of more than one day cannot be converted. Plan a meeting for the part that matters.")
    return ""


def _longer_than_a_day(span: BlockSpan) -> bool:
    """All-day over more than one date, or timed 24 hours and more."""
    if span.kind == BlockSpan.Kind.DATE:
        return date.fromisoformat(span.wall_end) - date.fromisoformat(span.wall_start) > ONE_DAY
    return span.end - span.start >= ONE_DAY
