"""Refuse to start without usable master keys."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from vault.keys import master_keys


@register(Tags.security)
def check_master_keys(**kwargs: Any) -> list[CheckMessage]:
    """Report a missing, short, doubled or example key as an error."""
    try:
        master_keys()
    except ImproperlyConfigured as refusal:
        return [Error(str(refusal), id="vault.E001")]
    return []
