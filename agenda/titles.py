"""What an activity is called."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agenda.models import Activity


def title_of(activity: Activity) -> str:
    """Return the title as people read it: a call without one is named after its customer."""
    if activity.title:
        return activity.title
    return _("Call with %(name)s") % {"name": activity.customer.name} if activity.customer else _("Call")
