"""The line of a simulated run: the server in memory, with what goes wrong, where a worker dies, who comes between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from integrations.gateway import errors
from integrations.gateway.base import Listing, Profile
from integrations.gateway.memory import MemoryGateway
from integrations.gateway.memory.calendar import MemoryAccount

if TYPE_CHECKING:
    from operations.simulation.world import World

T = TypeVar("T")


class Killed(BaseException):
    """The worker's process is gone: nothing of it runs any more, not even its cleaning up."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One class of fault: which verb meets it, with which error, before or after the server has acted."""

    verb: str
    make: Callable[[], Exception]
    done: bool = False


TROUBLES: dict[str, Trouble] = {
    "no connection": Trouble("*", lambda: errors.Unreachable("no connection")),
    "no answer in time": Trouble("REPORT", lambda: errors.TimedOut("no answer in time")),
    "look lost": Trouble("PROPFIND", lambda: errors.Unreachable("reset"), done=True),
    "write stored, answer lost": Trouble("PUT", lambda: errors.OutcomeUnknown("reset"), done=True),
    "write lost": Trouble("PUT", lambda: errors.OutcomeUnknown("reset")),
    "deletion done, answer lost": Trouble("DELETE", lambda: errors.OutcomeUnknown("reset"), done=True),
    "deletion lost": Trouble("DELETE", lambda: errors.OutcomeUnknown("reset")),
    "throttled, told how long": Trouble("*", lambda: errors.Throttled("wait", 120.0)),
    "throttled": Trouble("*", lambda: errors.Throttled("wait")),
    "refused once": Trouble("*", lambda: errors.Refused("401")),
    "write forbidden": Trouble("PUT", lambda: errors.Forbidden("403")),
    "calendar gone once": Trouble("REPORT", lambda: errors.CalendarGone("404")),
    "token invalid": Trouble("REPORT", lambda: errors.TokenInvalid("403")),
    "write out of date": Trouble("PUT", lambda: errors.PreconditionFailed("412")),
    "deletion out of date": Trouble("DELETE", lambda: errors.PreconditionFailed("412")),
    "UID taken": Trouble("PUT", lambda: errors.UidTaken("412")),
    "write rejected": Trouble("PUT", lambda: errors.Rejected("400")),
    "answer not understood": Trouble("REPORT", lambda: errors.NotUnderstood("HTML")),
    "look not understood": Trouble("PROPFIND", lambda: errors.NotUnderstood("HTML")),
    "answer too large": Trouble("REPORT", lambda: errors.TooLarge("128 MB")),
    "out of time": Trouble("*", lambda: errors.DeadlinePassed("240 s")),
}


class SimulatedLine(MemoryGateway):
    """A gateway to the world's server which lets the world act around each request."""

    def __init__(self, world: World, username: str, password: str, profile: Profile) -> None:
        """Remember the world."""
        super().__init__(world.server, username, password, profile)
        self._world = world

    def _send(self, verb: str, path: str, act: Callable[[MemoryAccount], T], condition: str = "") -> T:
        self._world.before_request(verb, path, condition)
        answer = super()._send(verb, path, act, condition)
        self._world.after_request()
        return answer

    def changes(self, calendar: str, token: str) -> Listing:
        """Return what changed; or, where the server lies, too little of everything."""
        return self._world.lied(super().changes(calendar, token))

    def listing(self, calendar: str) -> Listing:
        """Return everything; or, where the server lies, too little."""
        return self._world.lied(super().listing(calendar))


def shortened(listing: Listing, lie: str) -> Listing:
    """Return a full listing with nothing in it ("empty"), or with every other resource missing ("half")."""
    if not listing.full:
        return listing
    kept: tuple[Any, ...] = () if lie == "empty" else listing.entries[::2]
    return replace(listing, entries=kept)
