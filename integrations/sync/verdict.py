"""What a failure means for the run and for the next one: the next step, in a sentence (docs/reliability.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from integrations.gateway import errors
from integrations.models import Outcome

#: the longest wait, whoever asks for it
LONGEST = timedelta(hours=6)
SHORTEST = timedelta(seconds=60)
#: after so many failures in a row an answer that cannot be understood is told as a failure (fault row 26)
PUZZLED = 2
#: a first refusal proves nothing (docs/icloud.md A17)
DOUBTED = gettext_noop(
    "The server refused this user name and password. That may pass: it is tried once more in ten minutes, and nothing "
    "is lost meanwhile."
)
HOSTILE = gettext_noop(
    "The server's answer was refused, since it can only harm whoever reads it. Tell whoever runs the server; it is "
    "tried again in some hours, and nothing is lost meanwhile."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the run ends. `wait` is the server's own wish (nobody may shorten it), `back_off` our patience."""

    outcome: Outcome
    reason: str
    wait: timedelta | None = None
    back_off: timedelta | None = None
    refused: bool = False  # the password was refused
    doubted: bool = False  # … but so were many others' at once: it is the server
    stale: bool = False  # the run lost its lease: what it has to say of the connection is old
    where: str = ""  # the address that was refused, for the audit trail


def judge(error: errors.GatewayError, strikes: int, jitter: float) -> Verdict:
    """Return the next step for an error that ended a run.

    `strikes` counts the failures in a row before it; `jitter` (0 to 1) spreads the accounts of one server.
    """
    match error:
        case errors.Refused():
            return Verdict(Outcome.RETRY, _(DOUBTED), refused=True)
        case errors.Throttled(retry_after=seconds):
            return Verdict(Outcome.RETRY, _("The server asked us to wait."), wait=_wish(seconds, strikes))
        case errors.DeadlinePassed():
            return Verdict(Outcome.CONTINUE, _("There is more to do; it goes on in the next run."))
        case errors.CalendarGone():
            return Verdict(Outcome.NEEDS_USER, _("A chosen calendar is no longer there. Nothing was deleted here."))
        case errors.Forbidden():
            return Verdict(Outcome.NEEDS_USER, _("The server no longer lets us read this account."), back_off=LONGEST)
        case errors.HostUnconfirmed():
            return Verdict(Outcome.NEEDS_USER, str(error), back_off=LONGEST, where=error.where)
        case errors.AddressRefused():
            sentence = _("An address was refused: %s") % error
            return Verdict(Outcome.FAILED, sentence, back_off=LONGEST, where=error.where)
        case errors.RedirectLoop():
            return Verdict(_puzzled(strikes), str(error), back_off=_patience(strikes, jitter))
        case errors.WrongAccount():
            return Verdict(Outcome.FAILED, _("The server answered for another account."), back_off=LONGEST)
        case errors.Hostile():
            return Verdict(Outcome.FAILED, _(HOSTILE), back_off=LONGEST)
        case errors.Unreachable() | errors.OutcomeUnknown():
            return Verdict(Outcome.RETRY, _("The server could not be reached."), back_off=_patience(strikes, jitter))
    sentence = _("The server's answer could not be understood.")
    return Verdict(_puzzled(strikes), sentence, back_off=_patience(strikes, jitter))


def _puzzled(strikes: int) -> Outcome:
    return Outcome.RETRY if strikes < PUZZLED else Outcome.FAILED


def _wish(seconds: float | None, strikes: int) -> timedelta:
    """Return a server's wait, floored and grown: iCloud's own figure is often too short (A76)."""
    asked = timedelta(seconds=max(seconds or 0, 0)) if seconds is None or seconds < LONGEST.total_seconds() else LONGEST
    return min(max(asked, _grown(min(strikes, 8))), LONGEST)


def _patience(strikes: int, jitter: float) -> timedelta:
    """Return a full-jitter back-off: up to 60 s × 2ⁿ, at most six hours."""
    return SHORTEST / 2 + min(_grown(min(strikes, 9)), LONGEST) * jitter


def _grown(strikes: int) -> timedelta:
    return SHORTEST * int(2**strikes)
