"""What can go wrong between us and a calendar server, named for what it means. `sync.verdict` says what to do next."""

from __future__ import annotations


class GatewayError(Exception):
    """Base of all; the message is a sentence for the log and never holds a credential or a body."""


class Unreachable(GatewayError):
    """No answer: DNS, connect, TLS, reset, deadline, or a 5xx answer to a read."""


class TimedOut(Unreachable):
    """No answer in time: asking anywhere else for the same would only wait once more."""


class Throttled(GatewayError):
    """429, or 503: wait at least `retry_after` seconds (None: the server did not say)."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        """Keep the wait as the server said it, in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class Refused(GatewayError):
    """401: the server refuses this user name and password."""


class Forbidden(GatewayError):
    """403 on one thing: no right to read or write it."""


class CalendarGone(GatewayError):
    """404 or 410 on a calendar."""


class TokenInvalid(GatewayError):
    """The sync token is not known (any more)."""


class PreconditionFailed(GatewayError):
    """412: the resource is not what we thought."""


class UidTaken(GatewayError):
    """The UID exists elsewhere in the account or calendar (403/409/412 with or without no-uid-conflict)."""


class Rejected(GatewayError):
    """The server refuses this very body (400, 404 or 403 on a PUT, 413, 415, 422): sending it again cannot help."""


class OutcomeUnknown(GatewayError):
    """A write was sent and no usable answer came: it may or may not have been done."""


class NotUnderstood(GatewayError):
    """The answer is not what the protocol says: HTML, malformed or hostile XML, a missing property."""


class Hostile(NotUnderstood):
    """The answer can only be meant to harm its reader: entities, tags without end. The message is the evidence."""


class TooLarge(GatewayError):
    """The answer exceeds its ceiling."""


class AddressRefused(GatewayError):
    """The transport will not go there: scheme, host, port or address outside the allow-list. Nothing was sent there.

    The message is a sentence for the owner, in his language.
    """

    def __init__(self, message: str, where: str = "") -> None:
        """Keep the refused "scheme://host:port" for the audit trail, or "" where there is none to name."""
        super().__init__(message)
        self.where = where


class HostUnconfirmed(AddressRefused):
    """The server leads to a host of another domain, which its owner has not been asked about."""

    def __init__(self, message: str, where: str, host: str) -> None:
        """Keep "host:port" as a confirmation names it."""
        super().__init__(message, where)
        self.host = host


class RedirectLoop(GatewayError):
    """The server redirects in a circle, or further than anybody needs to. The message is a sentence for the owner."""


class DeadlinePassed(GatewayError):
    """The run's own deadline: nothing was sent."""


class WrongAccount(GatewayError):
    """An href names another account: our bug or a hostile server. The run stops."""
