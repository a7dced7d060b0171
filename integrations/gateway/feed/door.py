"""The door of a calendar by link: no password goes through it, so it may lead to any public host, by https."""

from __future__ import annotations

from django.utils.translation import gettext as _

from integrations.gateway.errors import AddressRefused
from integrations.gateway.reach import Door
from integrations.gateway.target import Target, split


class FeedDoor(Door):
    """Lets redirects lead to any host, on its usual port; addresses are vetted after DNS as ever."""

    def _allows(self, asked: Target) -> bool:
        return asked.scheme == "https" and asked.port in (443, split(self.typed).port)

    def _refusal(self, asked: Target) -> AddressRefused:
        sentence = _("%(where)s may not be asked: a calendar's address begins with https:// or webcal://.")
        return AddressRefused(sentence % {"where": asked.origin}, asked.origin)
