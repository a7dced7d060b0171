"""Moments as people say them: “2 min ago”, “in 12 min”. The exact time belongs into the title beside it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@register.filter
def ago(moment: datetime) -> str:
    """Return how long ago a moment was."""
    passed = timezone.now() - moment
    if passed < _MINUTE:
        return _("just now")
    if passed < _HOUR:
        return _("%(n)d min ago") % {"n": passed // _MINUTE}
    if passed < _DAY:
        hours = passed // _HOUR
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return _on(moment)


@register.filter
def ahead(moment: datetime) -> str:
    """Return in how long a moment will be."""
    left = moment - timezone.now()
    if left < _MINUTE:
        return _("in a moment")
    if left < _HOUR:
        return _("in %(n)d min") % {"n": left // _MINUTE}
    return _on(moment)


def _on(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M, H:i")


@register.filter
def exactly(moment: datetime) -> str:
    """Return the exact local time."""
    return date_format(timezone.localtime(moment), "l j F Y, H:i:s")
