"""What a calendar holds, with every change it ever saw, so that a reader can be shown how it was a moment ago."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Resource:
    """One stored resource. `number` is the change that stored it; `delivered`: an invitation that iCloud brought."""

    name: str  # decoded, the last segment of its path
    text: bytes = field(repr=False)
    etag: str
    uid: str
    number: int
    stored_at: float
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One step: what a name held before, and whether it is gone since."""

    number: int
    at: float
    name: str
    before: Resource | None
    gone: bool


@dataclass(slots=True)
class View:
    """What one reader sees: the change it stands at, and the resources as they were then."""

    number: int
    resources: dict[str, Resource]


@dataclass(slots=True)
class Contents:
    """The resources of one calendar. Shared calendars are several collections with the same contents."""

    born: int  # tells this calendar's tokens from those of an earlier one at the same path
    born_at: float
    number: int = 0  # of the latest change
    oldest: int = 0  # tokens below it are forgotten
    resources: dict[str, Resource] = field(default_factory=dict)
    uids: dict[str, set[str]] = field(default_factory=dict)  # UID → names
    changes: list[Change] = field(default_factory=list)

    def store(self, resource: Resource) -> None:
        """Put a resource that carries the next change number."""
        self._changed(resource.name, resource.stored_at, gone=False)
        self.resources[resource.name] = resource
        self.uids.setdefault(resource.uid, set()).add(resource.name)

    def remove(self, name: str, at: float) -> Resource:
        """Take a resource away and return it."""
        gone = self.resources[name]
        self._changed(name, at, gone=True)
        del self.resources[name]
        return gone

    def touch(self, at: float) -> None:
        """Count a change to the collection itself."""
        self.number += 1
        self.changes.append(Change(self.number, at, "", None, gone=False))

    def changed_at(self) -> float:
        """Return when the latest change was."""
        return self.changes[-1].at if self.changes else self.born_at

    def seen_at(self, moment: float, alive_since: float) -> View:
        """Return what was there at `moment`; what was deleted after `alive_since` still stands."""
        number, resources = self.number, self.resources
        if not self.changes or self.changes[-1].at <= min(moment, alive_since):
            return View(number, resources)
        resources = dict(resources)
        for change in reversed(self.changes):
            if change.at <= min(moment, alive_since):
                break
            if change.at > moment or (change.gone and change.name not in resources):
                number = min(number, change.number - 1)
                _undo(resources, change)
        return View(number, resources)

    def touched_between(self, since: int, until: int) -> list[str]:
        """Return the names that changed after `since` up to `until`, each once, the oldest change first."""
        return list(dict.fromkeys(change.name for change in self.changes[since:until] if change.name))

    def made_at(self, number: int) -> float:
        """Return when a change was made."""
        return self.changes[number - 1].at if number else self.born_at

    def _changed(self, name: str, at: float, *, gone: bool) -> None:
        before = self.resources.get(name)
        self.number += 1
        self.changes.append(Change(self.number, at, name, before, gone))
        if before:
            names = self.uids[before.uid]
            names.discard(name)
            if not names:
                del self.uids[before.uid]


def _undo(resources: dict[str, Resource], change: Change) -> None:
    if change.before is None:
        resources.pop(change.name, None)
    elif change.name:
        resources[change.name] = change.before
