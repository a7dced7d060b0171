"""What goes wrong on purpose: an error for the nth request of a verb, raised before or after the server has acted."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it. `condition` is "*" for a create, the ETag of an update or a deletion."""

    verb: str
    path: str
    username: str
    condition: str = ""


@dataclass(slots=True)
class Fault:
    """Raise `error` for matching requests number `nth` to `nth + times - 1`, counted from when the fault was set.

    `done`: the server acts first and only the answer is lost (a write stored, its reply gone). `error` may be any
    exception, also one that stands for a killed process.
    """

    verb: str  # PROPFIND, REPORT, GET, PUT, DELETE, MKCALENDAR; "*" for any
    error: BaseException
    nth: int = 1
    times: int = 1
    done: bool = False
    path: str = ""  # a prefix of the path; empty for any
    username: str = ""  # empty for any
    met: int = 0

    def strikes(self, request: Request) -> bool:
        """Count the request when it matches, and tell whether this one fails."""
        if self.verb not in ("*", request.verb) or not request.path.startswith(self.path):
            return False
        if self.username and self.username != request.username:
            return False
        self.met += 1
        return self.nth <= self.met < self.nth + self.times


@dataclass(slots=True)
class Faults:
    """The faults that are set; the first that strikes wins."""

    pending: list[Fault] = field(default_factory=list)

    def set(
        self,
        verb: str,
        error: BaseException,
        *,
        nth: int = 1,
        times: int = 1,
        done: bool = False,
        path: str = "",
        username: str = "",
    ) -> Fault:
        """Set one fault and return it."""
        fault = Fault(verb, error, nth, times, done, path, username)
        self.pending.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything work again."""
        self.pending.clear()

    def meet(self, request: Request) -> Fault | None:
        """Return the fault that strikes this request, if any."""
        for fault in list(self.pending):
            if fault.strikes(request):
                return fault
        return None
