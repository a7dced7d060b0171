"""What an account may do with a collection, as the property says it (A25)."""

from __future__ import annotations

from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.markup import caldav, dav
from integrations.icloud.simulator.multistatus import element

_FREE_BUSY = element(caldav("read-free-busy"))
_READ = ("<read/>", "<read-current-user-privilege-set/>")
_LOOK = ("<read/>", _FREE_BUSY, "<read-current-user-privilege-set/>")
_BIND = ("<bind/>", "<unbind/>")
_FULL = (*_LOOK, "<write/>", "<write-properties/>", "<write-content/>", *_BIND)
_CONTENT = (*_LOOK, "<write-content/>", *_BIND)
_KINDS = {
    "inbox": (*_FULL, element(caldav("schedule-deliver"))),
    "outbox": (*_LOOK, element(caldav("schedule-send"))),
    "notification": (*_READ, "<unbind/>"),
    "subscribed": (*_READ, "<write-properties/>"),
}


def privilege_set(collection: Collection | None, habits: Habits) -> str | None:
    """Return the property, or None where it is missing."""
    if habits.privileges == "absent":
        return None
    inside = "".join(f"<privilege>{name}</privilege>" for name in _privileges(collection, habits))
    return element(dav("current-user-privilege-set"), inside)


def _privileges(collection: Collection | None, habits: Habits) -> tuple[str, ...]:
    if collection is None:
        return _FULL
    if collection.kind in _KINDS:
        return _KINDS[collection.kind]
    if collection.access == "read":
        return _READ
    return _CONTENT if "write-content" in (collection.access, habits.privileges) else _FULL
