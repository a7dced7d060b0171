"""What a status means, for a read and for a write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from integrations.gateway.answer import Answer
from integrations.gateway.errors import (
    CalendarGone,
    Forbidden,
    GatewayError,
    NotUnderstood,
    OutcomeUnknown,
    PreconditionFailed,
    Refused,
    Rejected,
    Throttled,
    UidTaken,
    Unreachable,
)
from integrations.gateway.feeder import preconditions
from integrations.gateway.multistatus import caldav, dav

_LONGEST_WAIT = 6 * 3600.0
UID_CONFLICT = caldav("no-uid-conflict")

#: Preconditions that speak of the body itself: sending it again cannot help.
_BAD_BODY = frozenset(
    caldav(name)
    for name in (
        "valid-calendar-data",
        "valid-calendar-object-resource",
        "supported-calendar-data",
        "supported-calendar-component",
        "max-resource-size",
        "max-attendees-per-instance",
        "max-instances",
        "min-date-time",
        "max-date-time",
    )
)


def check_read(answer: Answer) -> None:
    """Raise what a read's status means unless it is 2xx; the answer is closed then."""
    if 200 <= answer.status < 300:
        return
    answer.small_body()
    raise read_error(answer)


def read_error(answer: Answer) -> GatewayError:
    """Return what a failed read means."""
    status = answer.status
    if common := _common(answer):
        return common
    if status == 403:
        return Forbidden("the server does not let this account read here (403)")
    if status in (404, 410):
        return CalendarGone(f"the server has nothing at this address ({status})")
    if status >= 500 or status in (408, 425):
        return Unreachable(f"the server has trouble of its own ({status})")
    return NotUnderstood(f"the server answered a question with {status}")


def check_write(answer: Answer, missing: Callable[[], GatewayError]) -> None:
    """Raise what a write's status means unless it is done; `missing` tells what a 404 or a bare 409 stands for."""
    names = preconditions(answer.small_body())
    if answer.status not in (200, 201, 204):
        raise _write_error(answer, names, missing)


def _write_error(answer: Answer, names: frozenset[str], missing: Callable[[], GatewayError]) -> GatewayError:
    status = answer.status
    if common := _common(answer):
        return common
    if UID_CONFLICT in names:
        return UidTaken(f"the UID exists already ({status})")
    if names & _BAD_BODY:
        return Rejected(f"the server refuses this event's content ({status})")
    if status == 412:
        return PreconditionFailed("the resource is not what was expected (412)")
    if status in (403, 405) or dav("need-privileges") in names:
        return Forbidden(f"the server does not let this account write here ({status})")
    if status in (404, 409, 410):
        return missing()
    if 400 <= status < 500:
        return Rejected(f"the server refuses this event ({status})")
    return OutcomeUnknown(f"the server answered a change with {status}")


def _common(answer: Answer) -> GatewayError | None:
    """Return what means the same for reads and writes. A 503 to a write may hide a write done: read back first."""
    if answer.status == 401:
        return Refused("the server refuses this user name and password (401)")
    if answer.status in (423, 429, 503):
        return Throttled(f"the server asks to wait ({answer.status})", retry_after(answer))
    return None


def retry_after(answer: Answer, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Return the seconds a server asks us to wait (at most six hours), or None when it does not say so sensibly.

    A date is counted from the answer's own Date, so that a server's wrong clock does not matter.
    """
    said = answer.header("Retry-After")
    if said.isdecimal():
        return min(float(said[:9]), _LONGEST_WAIT)
    until, since = _date(said), _date(answer.header("Date")) or now()
    if until is None or until <= since:
        return None
    return min((until - since).total_seconds(), _LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
