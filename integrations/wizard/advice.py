"""What to do when an account could not be connected: each cause has its own next step."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from integrations.advice import Advice
from integrations.entry import Entry
from integrations.services.connect import Cause, ConnectRefused

#: where the entry knows its server
_KNOWN: dict[Cause, Advice] = {
    Cause.UNREACHABLE: Advice(
        _("The server did not answer within ten seconds."),
        _("Try again in a minute. If it stays silent, look at your provider's status page: it may be down."),
    ),
    Cause.NO_CALENDARS: Advice(
        _("This account answered, but it has no calendar for events."),
        _("Switch the calendar on in your account's settings, make one in your calendar app, and try again."),
    ),
    Cause.NOT_UNDERSTOOD: Advice(
        _("The server answered something that could not be understood."),
        _("Try again in a few minutes. If it stays like this, tell whoever runs this server."),
    ),
}
#: where its address was typed
_TYPED: dict[Cause, Advice] = {
    Cause.REFUSED: Advice(
        _("The server refused this user name and password."),
        _("Check both. If you sign in there with a second factor, it needs an app password of its own."),
    ),
    Cause.UNREACHABLE: Advice(
        _("The server did not answer within ten seconds."),
        _("Check the address for typing errors. If it is right, the server may be down: try again in a minute."),
    ),
    Cause.NO_CALENDARS: Advice(
        _("There is no calendar for events at this address."),
        _("Check the address, or make a calendar there and try again."),
    ),
    Cause.NOT_UNDERSTOOD: Advice(
        _("What answers at this address does not look like a calendar server."),
        _("Your provider's help names the CalDAV address: copy it from there."),
    ),
}
_ALWAYS: dict[Cause, Advice] = {
    Cause.THROTTLED: Advice(
        _("The server asks us to wait."), _("Nothing is wrong with what you typed. Try again in five minutes.")
    ),
}


def advice(entry: Entry, refusal: ConnectRefused, confirmed: Sequence[str] = ()) -> Advice:
    """Return what the page says about a refusal: the entry's own words, if it has some for this case.

    `confirmed`: the hosts of other domains that the user has agreed to so far.
    """
    if refusal.cause is Cause.ELSEWHERE:
        return _elsewhere(refusal.host, confirmed)
    known = {**(_KNOWN if entry.server else _TYPED), **_ALWAYS}
    return entry.advice.get(refusal.cause) or known.get(refusal.cause) or Advice(str(refusal))


def _elsewhere(host: str, confirmed: Sequence[str]) -> Advice:
    """Return the question whether the password may go to a host of another domain."""
    name = host.removesuffix(":443")
    return Advice(
        _("This server says that your calendars are at %(host)s, which is another domain.") % {"host": name},
        _(
            "Your password would be sent there; so far it was not. If %(host)s belongs to your provider, type the "
            "password again and confirm. If you do not know the name, cancel."
        )
        % {"host": name},
        host=name,
        confirms=",".join(sorted({*confirmed, host})),
    )
