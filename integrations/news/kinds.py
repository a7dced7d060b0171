"""The kinds of news about connections, with their words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from notices.kinds import Kind

PASSWORD_NEEDED = Kind(
    "password_needed",
    heading=gettext_lazy("%(entry)s needs a new app-specific password"),
    sentence=gettext_lazy(
        "The server has refused the password of this connection again and again since %(since)s. Nothing is lost: "
        "enter a new one, and your agenda catches up."
    ),
    action=gettext_lazy("Reconnect"),
    level="danger",
    remind=(1, 3, 7, 14),
)
REPAIRED = Kind(
    "repaired",
    heading=gettext_lazy("%(entry)s is in step again"),
    sentence=gettext_lazy("The new password works, and what changed meanwhile has been caught up with."),
    action=gettext_lazy("Open the agenda"),
    level="success",
)
STALE = Kind(
    "stale",
    heading=gettext_lazy("%(entry)s is not in step"),
    sentence=gettext_lazy(
        "The last sync that succeeded was on %(since)s, so what changed in your calendar since then may be missing "
        "here. It is tried again by itself; nothing is lost."
    ),
    action=gettext_lazy("See why"),
    level="warn",
)
HELD = Kind(
    "held",
    heading=gettext_lazy("%(reason)s"),
    sentence=gettext_lazy(
        "Nobody asked for this in Halfpast, so nothing of it is done before you answer; everything else goes on. Look "
        "at the list, then apply it or put it back."
    ),
    action=gettext_lazy("Open the list"),
    level="warn",
)
CONFLICT = Kind(
    "conflict",
    heading=gettext_lazy("Two versions of %(what)s"),
    sentence=gettext_lazy(
        "It was changed in Halfpast and in your calendar. The later change holds; the other version is kept for 30 "
        "days and can be restored."
    ),
    action=gettext_lazy("Compare them"),
)
UNREADABLE = Kind(
    "unreadable",
    heading=gettext_lazy("Some events could not be read"),
    sentence=gettext_lazy(
        "In %(entry)s there are events that Halfpast does not understand. They block their time as far as it could be "
        "read; everything else goes on."
    ),
    action=gettext_lazy("See which"),
    level="warn",
)
GUESTS = Kind(
    "guests",
    heading=gettext_lazy("Send the change of %(what)s to its guests?"),
    sentence=gettext_lazy(
        "Your calendar's server would mail everybody who is invited, so the change waits for your answer. Without one "
        "it is not sent."
    ),
    action=gettext_lazy("Answer"),
    level="warn",
)
WRITTEN_AGAIN = Kind(
    "written_again",
    heading=gettext_lazy("The change of %(what)s is kept"),
    sentence=gettext_lazy(
        "It was deleted in your calendar and changed in Halfpast meanwhile. The change is kept, and goes into your "
        "calendar again: delete it once more if it is to go."
    ),
    action=gettext_lazy("Open the agenda"),
    level="warn",
)
CALENDAR_GONE = Kind(
    "calendar_gone",
    heading=gettext_lazy("A calendar of %(entry)s is gone"),
    sentence=gettext_lazy(
        "One of the calendars you chose is no longer there. Nothing was deleted in Halfpast, and the others go on: "
        "choose another one, or remove the connection."
    ),
    action=gettext_lazy("See the connection"),
    level="warn",
)
READ_ONLY = Kind(
    "read_only",
    heading=gettext_lazy("A calendar of %(entry)s became read-only"),
    sentence=gettext_lazy(
        "One of the calendars you chose may no longer be changed by us. What happens there still comes in; nothing "
        "goes out to it any more. Ask its owner, or choose another calendar."
    ),
    action=gettext_lazy("See the connection"),
    level="warn",
)
REVOKED = Kind(
    "grant_revoked",
    heading=gettext_lazy("The access to %(entry)s was revoked"),
    sentence=gettext_lazy(
        "%(who)s has revoked it. Nothing is read or written any more, and nothing was deleted. Connect the calendar "
        "again if this was not meant."
    ),
    action=gettext_lazy("See the connection"),
    level="warn",
)
