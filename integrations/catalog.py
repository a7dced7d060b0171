"""The shelf: every integration there is. To add one, copy a folder and name its entry here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from integrations.caldav.entry import CALDAV
from integrations.entry import Entry
from integrations.feed.entry import FEED
from integrations.icloud.entry import ICLOUD

ENTRIES: tuple[Entry, ...] = (ICLOUD, CALDAV, FEED)


class UnknownEntry(LookupError):
    """There is no integration of that key; the message is a sentence that names those there are."""


def entry(key: str) -> Entry:
    """Return the entry of that key. UnknownEntry when there is none."""
    for known in ENTRIES:
        if known.key == key:
            return known
    keys = ", ".join(known.key for known in ENTRIES)
    raise UnknownEntry(_("There is no integration “%(key)s”: take one of %(keys)s.") % {"key": key, "keys": keys})


def search(words: str) -> list[Entry]:
    """Return the entries whose name or pitch has all these words; all of them for no words."""
    return [known for known in ENTRIES if known.matches(words)]
