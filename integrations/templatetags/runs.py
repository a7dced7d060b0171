"""What a run did, in words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.models import Run

register = template.Library()


@register.filter
def did(run: Run) -> str:
    """Return in sentences what a run changed here and in the calendar."""
    if run.ended_at is None:
        return ""
    came = _joined(
        (run.local_created, ngettext("%(n)d event came in", "%(n)d events came in", run.local_created)),
        (run.local_updated, ngettext("%(n)d was changed here", "%(n)d were changed here", run.local_updated)),
        (run.local_deleted, ngettext("%(n)d went from here", "%(n)d went from here", run.local_deleted)),
    )
    went = _joined(
        (run.remote_created, ngettext("%(n)d was written there", "%(n)d were written there", run.remote_created)),
        (run.remote_updated, ngettext("%(n)d was changed there", "%(n)d were changed there", run.remote_updated)),
        (run.remote_deleted, ngettext("%(n)d was deleted there", "%(n)d were deleted there", run.remote_deleted)),
    )
    said = "; ".join(filter(None, [came, went]))
    return f"{said[0].upper()}{said[1:]}." if said else _("Nothing had changed.") if run.outcome == "ok" else ""


def _joined(*parts: tuple[int, str]) -> str:
    return ", ".join(words % {"n": number} for number, words in parts if number)
